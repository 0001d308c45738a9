// Sim chat, written: the whole answer, and the events of a streamed one, with every field that
// strict clients of OpenAI want to see. See sim_chat.h.
#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "lab/sim_chat.h"
#include "wire/json.h"

namespace wye {
namespace {

void write_usage_object(const SimChat& chat, JsonWriter& json) {
  json.begin_object()
      .field("prompt_tokens", chat.prompt_tokens)
      .field("completion_tokens", chat.completion_tokens)
      .field("total_tokens", chat.prompt_tokens + chat.completion_tokens);
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
  json.begin_object().field("role", "assistant").key("content");
  if (choice.calls.empty())
    json.value(choice.content.text);
  else
    json.null();
  json.key("refusal").null().key("annotations").begin_array().end_array();
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

void add_steps_of(const SimChoice& choice, std::uint16_t index, std::vector<SimStep>& steps) {
  using What = SimStep::What;
  steps.push_back({What::role, index, 0, 0});
  for (std::uint32_t piece = 0; piece < choice.content.tokens(); ++piece)
    steps.push_back({What::content, index, 0, piece});
  for (std::uint16_t call = 0; call < choice.calls.size(); ++call) {
    steps.push_back({What::call, index, call, 0});
    for (std::uint32_t piece = 0; piece < choice.calls[call].arguments.tokens(); ++piece)
      steps.push_back({What::arguments, index, call, piece});
  }
  steps.push_back({What::finish, index, 0, 0});
}

void write_delta(const SimChoice& choice, const SimStep& step, std::string& out) {
  using What = SimStep::What;
  switch (step.what) {
    case What::role:
      out += choice.calls.empty() ? R"({"role":"assistant","content":"","refusal":null})"
                                  : R"({"role":"assistant","content":null,"refusal":null})";
      return;
    case What::content:
      out += R"({"content":)";
      append_json_string(out, choice.content.piece(step.piece));
      out += '}';
      return;
    case What::call:
      fmt::format_to(
          std::back_inserter(out),
          R"({{"tool_calls":[{{"index":{},"id":"{}","type":"function","function":{{"name":)",
          step.call, choice.calls[step.call].id);
      append_json_string(out, choice.calls[step.call].name);
      out += R"(,"arguments":""}}]})";
      return;
    case What::arguments:
      fmt::format_to(std::back_inserter(out),
                     R"({{"tool_calls":[{{"index":{},"function":{{"arguments":)", step.call);
      append_json_string(out, choice.calls[step.call].arguments.piece(step.piece));
      out += "}}]}";
      return;
    case What::finish: out += "{}"; return;
  }
}

}  // namespace

void write_chat_answer(const SimChat& chat, std::string& out) {
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
    json.field("finish_reason", choice.finish_reason).end_object();
  }
  json.end_array().key("usage");
  write_usage_object(chat, json);
  json.field("service_tier", "default").field("system_fingerprint", "fp_simulator").end_object();
}

std::vector<SimStep> steps_of(const SimChat& chat) {
  std::vector<SimStep> steps;
  for (std::size_t i = 0; i < chat.choices.size(); ++i)
    add_steps_of(chat.choices[i], static_cast<std::uint16_t>(i), steps);
  if (chat.choices.size() == 1) return steps;
  // Several choices come interleaved: the first events of all, then the second of all, ...
  std::vector<std::size_t> seen(chat.choices.size());
  std::vector<std::pair<std::size_t, SimStep>> numbered;
  for (const SimStep& step : steps) numbered.emplace_back(seen[step.choice]++, step);
  std::stable_sort(numbered.begin(), numbered.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(numbered.begin(), numbered.end(), steps.begin(),
                 [](const auto& one) { return one.second; });
  return steps;
}

SimEvents::SimEvents(const SimChat& chat) : chat_(chat) {
  before_ =
      fmt::format(R"(data: {{"id":"{}","object":"chat.completion.chunk","created":{},"model":)",
                  chat.id, chat.created);
  append_json_string(before_, chat.model);
  before_ += R"(,"service_tier":"default","system_fingerprint":"fp_simulator","choices":[)";
  after_ = chat.include_usage ? "],\"usage\":null}\n\n" : "]}\n\n";
}

void SimEvents::write(const SimStep& step, std::string& out) const {
  const SimChoice& choice = chat_.choices[step.choice];
  out += before_;
  fmt::format_to(std::back_inserter(out), R"({{"index":{},"delta":)", step.choice);
  write_delta(choice, step, out);
  if (chat_.logprobs && step.what == SimStep::What::content) {
    out += R"(,"logprobs":{"content":[)";
    JsonWriter json(out);
    write_logprob(chat_, choice.content.piece(step.piece), json);
    out += R"(],"refusal":null})";
  } else {
    out += R"(,"logprobs":null)";
  }
  if (step.what == SimStep::What::finish)
    fmt::format_to(std::back_inserter(out), R"(,"finish_reason":"{}"}})", choice.finish_reason);
  else
    out += R"(,"finish_reason":null})";
  out += after_;
}

void SimEvents::write_usage(std::string& out) const {
  out += before_;
  out += R"(],"usage":)";
  JsonWriter json(out);
  write_usage_object(chat_, json);
  out += "}\n\n";
}

}  // namespace wye
