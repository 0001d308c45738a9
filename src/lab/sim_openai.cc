// Sim OpenAI: the whole answer, and the events of a streamed one. See sim_openai.h.
#include "lab/sim_openai.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "wire/json.h"

namespace wye::sim_openai {
namespace {

void write_usage(const Usage& usage, JsonWriter& json) {
  json.begin_object()
      .field("prompt_tokens", usage.input)
      .field("completion_tokens", usage.output)
      .field("total_tokens", usage.input + usage.output);
  json.key("prompt_tokens_details").raw(R"({"cached_tokens":0,"audio_tokens":0})");
  json.key("completion_tokens_details")
      .raw(R"({"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,)"
           R"("rejected_prediction_tokens":0})");
  json.end_object();
}

void write_token(std::string_view token, double logprob, JsonWriter& json) {
  json.field("token", token).field("logprob", logprob).key("bytes").begin_array();
  for (const char byte : token) json.value(static_cast<int>(static_cast<unsigned char>(byte)));
  json.end_array();
}

void write_logprob(const SimChat& chat, std::string_view token, JsonWriter& json) {
  Dice dice(hash64(token));
  const double logprob = -0.001 * static_cast<double>(1 + dice.below(700));
  json.begin_object();
  write_token(token, logprob, json);
  json.key("top_logprobs").begin_array();
  for (int i = 0; i < chat.top_logprobs; ++i) {
    json.begin_object();
    write_token(i == 0 ? std::string(token) : fmt::format(" alt{}", i), logprob - i, json);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_logprobs(const SimChat& chat, const SimText& text, JsonWriter& json) {
  json.key("logprobs");
  if (!chat.logprobs) {
    json.null();
    return;
  }
  json.begin_object().key("content").begin_array();
  for (std::size_t i = 0; i < text.tokens(); ++i) write_logprob(chat, text.piece(i), json);
  json.end_array().key("refusal").null().end_object();
}

void write_message(const SimChoice& choice, JsonWriter& json) {
  const bool says = choice.calls.empty() && !choice.declined;
  json.begin_object().field("role", "assistant").key("content");
  says ? json.value(choice.content.text) : json.null();
  json.key("refusal");
  choice.declined ? json.value(choice.content.text) : json.null();
  json.key("annotations").begin_array().end_array();
  if (!choice.calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const SimToolCall& call : choice.calls) {
      json.begin_object()
          .field("id", call.id)
          .field("type", "function")
          .key("function")
          .begin_object();
      json.field("name", call.name).field("arguments", call.arguments.text);
      json.end_object().end_object();
    }
    json.end_array();
  }
  json.end_object();
}

class Writer final : public StreamWriter {
 public:
  Writer(const SimChat& chat, bool include_usage) : chat_(chat), include_usage_(include_usage) {
    before_ =
        fmt::format(R"(data: {{"id":"{}","object":"chat.completion.chunk","created":{},"model":)",
                    chat.id, chat.created);
    append_json_string(before_, chat.model);
    before_ += R"(,"service_tier":"default","system_fingerprint":"fp_simulator","choices":[)";
    after_ = include_usage ? "],\"usage\":null}\n\n" : "]}\n\n";
  }

  void write(const Delta& delta, std::string& out) override {
    if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
      return;
    }
    out.append(before_).append(R"({"index":)").append(std::to_string(delta.choice));
    out += R"(,"delta":)";
    write_delta(delta, out);
    write_ends(delta, out);
    out += after_;
  }

  void finish(std::string& out) override {
    if (include_usage_) {
      out += before_;
      out += R"(],"usage":)";
      JsonWriter json(out);
      write_usage(usage_, json);
      out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
  }

 private:
  void write_delta(const Delta& delta, std::string& out) const {
    const auto add = [&](std::string_view name, const std::string& text) {
      out.append("{\"").append(name).append("\":");
      append_json_string(out, text);
      out += '}';
    };
    const SimChoice& choice = chat_.choices[static_cast<std::size_t>(delta.choice)];
    if (std::holds_alternative<StartDelta>(delta.body)) {
      const bool says = choice.calls.empty() && !choice.declined;
      fmt::format_to(std::back_inserter(out),
                     R"({{"role":"assistant","content":{},"refusal":null}})",
                     says ? "\"\"" : "null");
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      add("content", text->text);
    } else if (const auto* refusal = std::get_if<RefusalDelta>(&delta.body)) {
      add("refusal", refusal->text);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      write_call(*call, out);
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      fmt::format_to(std::back_inserter(out),
                     R"({{"tool_calls":[{{"index":{},"function":{{"arguments":)", arguments->tool);
      append_json_string(out, arguments->json);
      out += "}}]}";
    } else {
      out += "{}";
    }
  }

  static void write_call(const ToolCallDelta& call, std::string& out) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"tool_calls":[{{"index":{},"id":"{}","type":"function","function":{{"name":)",
        call.tool, call.id);
    append_json_string(out, call.name);
    out += R"(,"arguments":""}}]})";
  }

  void write_ends(const Delta& delta, std::string& out) const {
    const auto* text = std::get_if<TextDelta>(&delta.body);
    if (chat_.logprobs && text != nullptr) {
      out += R"(,"logprobs":{"content":[)";
      JsonWriter json(out);
      write_logprob(chat_, text->text, json);
      out += R"(],"refusal":null})";
    } else {
      out += R"(,"logprobs":null)";
    }
    if (const auto* finish = std::get_if<FinishDelta>(&delta.body))
      fmt::format_to(std::back_inserter(out), R"(,"finish_reason":"{}"}})",
                     to_string(finish->reason));
    else
      out += R"(,"finish_reason":null})";
  }

  const SimChat& chat_;
  bool include_usage_;
  std::string before_;
  std::string after_;
  Usage usage_;
};

}  // namespace

std::string write_answer(const SimChat& chat) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("id", chat.id)
      .field("object", "chat.completion")
      .field("created", chat.created)
      .field("model", chat.model)
      .key("choices")
      .begin_array();
  for (std::size_t i = 0; i < chat.choices.size(); ++i) {
    const SimChoice& choice = chat.choices[i];
    json.begin_object().field("index", static_cast<std::int64_t>(i)).key("message");
    write_message(choice, json);
    write_logprobs(chat, choice.content, json);
    json.field("finish_reason", to_string(choice.finish)).end_object();
  }
  json.end_array().key("usage");
  write_usage(chat.usage(), json);
  json.field("service_tier", "default").field("system_fingerprint", "fp_simulator").end_object();
  return out;
}

std::unique_ptr<StreamWriter> open_writer(const SimChat& chat, bool include_usage) {
  return std::make_unique<Writer>(chat, include_usage);
}

}  // namespace wye::sim_openai
