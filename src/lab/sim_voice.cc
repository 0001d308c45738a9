// Sim voice: by wye's own writers; OpenAI's answers are written with every field, and Bedrock's,
// which no client of wye speaks, by the simulator. See sim_voice.h.
#include "lab/sim_voice.h"

#include <fmt/format.h>

#include <array>

#include "lab/sim_bedrock.h"
#include "lab/sim_openai.h"
#include "lab/sim_refusal.h"
#include "wire/event_stream.h"
#include "wire/json.h"

namespace wye {
namespace {

// What the end of a stream begins with; where a vendor has none its last event is the end.
struct EndMark {
  DialectId dialect;
  std::string_view mark;
};
constexpr std::array<EndMark, 5> end_marks{{
    {DialectId::openai, "data: [DONE]"},
    {DialectId::anthropic, "event: message_stop"},
    {DialectId::cohere, "event: message-end"},
    {DialectId::openai_responses, "event: response.completed"},
    {DialectId::openai_responses, "event: response.incomplete"},
}};

// Written as if it came from elsewhere: only then a writer makes all of it itself.
Answer answer_of(const SimChat& chat, DialectId dialect) {
  Answer answer;
  answer.origin = dialect == DialectId::openai ? DialectId::anthropic : DialectId::openai;
  answer.id = chat.id;
  answer.model = chat.model;
  answer.created = chat.created;
  answer.usage = chat.usage();
  for (std::size_t i = 0; i < chat.choices.size(); ++i) {
    const SimChoice& from = chat.choices[i];
    Choice& choice = answer.choices.emplace_back();
    choice.index = static_cast<int>(i);
    choice.finish = from.finish;
    choice.stop_sequence = from.stop_sequence;
    if (from.declined)
      choice.parts.emplace_back().body = Declined{from.content.text};
    else if (!from.content.text.empty())
      choice.parts.emplace_back().body = Text{from.content.text};
    for (const SimToolCall& call : from.calls)
      choice.parts.emplace_back().body = ToolCall{call.id, call.name, call.arguments.text};
  }
  return answer;
}

// Gemini says that it blocked a prompt by giving no candidate at all.
bool is_blocked(const SimChat& chat) {
  return chat.choices.front().finish == FinishReason::content_filter &&
         chat.completion_tokens() == 0;
}

std::string gemini_block(const SimChat& chat) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .key("promptFeedback")
      .begin_object()
      .field("blockReason", "PROHIBITED_CONTENT");
  json.end_object().key("usageMetadata").begin_object();
  json.field("promptTokenCount", chat.prompt_tokens).field("totalTokenCount", chat.prompt_tokens);
  json.end_object().field("modelVersion", chat.model).field("responseId", chat.id).end_object();
  return out;
}

class GeminiBlockWriter final : public StreamWriter {
 public:
  GeminiBlockWriter(const SimChat& chat, bool as_array) : chat_(chat), as_array_(as_array) {}
  void write(const Delta&, std::string&) override {}
  void finish(std::string& out) override {
    const std::string block = gemini_block(chat_);
    out += as_array_ ? '[' + block + ']' : "data: " + block + "\r\n\r\n";
  }

 private:
  const SimChat& chat_;
  bool as_array_;
};

// What goes wrong with models in the middle of an answer.
SimWords trouble(DialectId dialect) {
  const bool overloaded = dialect == DialectId::anthropic;
  return words_of(dialect, overloaded ? SimFaultKind::status_529 : SimFaultKind::status_500, {});
}

}  // namespace

std::string SimVoice::whole() const {
  if (dialect_ == DialectId::openai) return sim_openai::write_answer(chat_);
  const Answer answer = answer_of(chat_, dialect_);
  if (dialect_ == DialectId::bedrock) return sim_bedrock::write_answer(answer);
  if (dialect_ == DialectId::gemini && is_blocked(chat_)) return gemini_block(chat_);
  return dialect_of(dialect_)->write_answer(answer, ask_);
}

std::string_view SimVoice::stream_type() const {
  if (dialect_ == DialectId::bedrock) return sim_bedrock::stream_type;
  return dialect_of(dialect_)->stream_content_type(ask_);
}

std::unique_ptr<StreamWriter> SimVoice::open_writer() const {
  if (dialect_ == DialectId::openai) return sim_openai::open_writer(chat_, ask_.client_wants_usage);
  if (dialect_ == DialectId::bedrock) return sim_bedrock::open_writer();
  if (dialect_ == DialectId::gemini && is_blocked(chat_))
    return std::make_unique<GeminiBlockWriter>(chat_, ask_.stream_as_array);
  return dialect_of(dialect_)->open_writer(ask_);
}

Delta SimVoice::delta_of(const SimStep& step) const {
  using What = SimStep::What;
  const SimChoice& choice = chat_.choices[step.choice];
  Delta delta{step.choice, StartDelta{chat_.id, chat_.model, chat_.created}};
  switch (step.what) {
    case What::role: break;
    case What::content: {
      std::string text(choice.content.piece(step.piece));
      if (choice.declined)
        delta.body = RefusalDelta{std::move(text)};
      else
        delta.body = TextDelta{std::move(text)};
      break;
    }
    case What::call:
      delta.body =
          ToolCallDelta{step.call, choice.calls[step.call].id, choice.calls[step.call].name, {}};
      break;
    case What::arguments:
      delta.body = ArgumentsDelta{step.call,
                                  std::string(choice.calls[step.call].arguments.piece(step.piece))};
      break;
    case What::finish: delta.body = FinishDelta{choice.finish, {}, choice.stop_sequence}; break;
  }
  return delta;
}

std::size_t SimVoice::before_end(std::string_view finished) const {
  for (const EndMark& row : end_marks)
    if (row.dialect == dialect_ && finished.find(row.mark) != std::string_view::npos)
      return finished.find(row.mark);
  return 0;
}

std::string SimVoice::broken_event(bool first) const {
  constexpr std::string_view half = R"({"id":"broken","object":"chat.comp)";
  if (dialect_ == DialectId::bedrock) {
    std::string out;
    append_event_stream_event(out, "contentBlockDelta", half);
    return out;
  }
  if (dialect_ == DialectId::ollama) return std::string(half) + '\n';
  if (ask_.stream_as_array)
    return std::string(first ? "[" : ",\r\n").append("{\"candidates\":[,]}");
  return fmt::format("data: {}\n\n", half);
}

std::string SimVoice::error_body() const { return write_error(dialect_, trouble(dialect_), -1); }

std::string SimVoice::error_event(bool first) const {
  if (dialect_ == DialectId::bedrock) {
    std::string out;
    append_event_stream_event(out, "internalServerException", error_body());
    return out;
  }
  if (dialect_ == DialectId::openai_responses) {
    const SimWords words = trouble(dialect_);
    std::string out = "event: error\ndata: ";
    JsonWriter json(out);
    json.begin_object().field("type", "error").field("code", words.type);
    json.field("message", words.message).key("param").null();
    json.field("sequence_number", 99).end_object();
    return out + "\n\n";
  }
  if (dialect_ == DialectId::anthropic)
    return fmt::format("event: error\ndata: {}\n\n", error_body());
  if (dialect_ == DialectId::cohere)
    return "event: message-end\ndata: "
           R"({"type":"message-end","delta":{"finish_reason":"ERROR","error":"internal error"}})"
           "\n\n";
  if (dialect_ == DialectId::ollama) return error_body() + '\n';
  if (ask_.stream_as_array) return fmt::format("{}{}]", first ? "[" : ",\r\n", error_body());
  return fmt::format("data: {}\n\n", error_body());
}

}  // namespace wye
