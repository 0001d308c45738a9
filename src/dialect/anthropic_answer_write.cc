// Anthropic answer, writing: what an Anthropic client gets when the provider speaks something else.
// Pure.
#include <algorithm>

#include "dialect/anthropic.h"
#include "dialect/anthropic_answer_words.h"
#include "dialect/anthropic_parts.h"
#include "dialect/anthropic_usage.h"

namespace wye::anthropic {
namespace {

class AnswerWriter {
 public:
  AnswerWriter(std::string& out, const Answer& answer, const Ask& ask)
      : json_(out),
        answer_(answer),
        ask_(ask),
        options_{.own = answer.origin == DialectId::anthropic, .to = Receiver::client} {}

  // A message is one answer; of several choices the first is told.
  void write() {
    const Choice none;
    const Choice& choice = answer_.choices.empty() ? none : answer_.choices.front();
    json_.begin_object();
    json_.field("id", answer_.id.empty() ? nameless_id : std::string_view(answer_.id));
    json_.field("type", "message").field("role", "assistant");
    json_.field("model", answer_.model.empty() ? ask_.facts.model : answer_.model);
    json_.key("content").begin_array();
    for (const Part& part : choice.parts) {
      if (has_place(part)) write_block(json_, part, options_);
    }
    json_.end_array();
    write_finish(choice);
    write_usage_of();
    if (options_.own) write_extra(json_, answer_.extra);
    json_.end_object();
  }

 private:
  // Models of others answer with pictures too; a message of Anthropic's has no place for them.
  bool has_place(const Part& part) const {
    const bool shown =
        std::holds_alternative<Image>(part.body) || std::holds_alternative<Document>(part.body);
    return is_writable(part, options_) && (options_.own || !shown);
  }

  void write_finish(const Choice& choice) {
    json_.key("stop_reason");
    if (!options_.own) {
      const bool calls =
          std::any_of(choice.parts.begin(), choice.parts.end(),
                      [](const Part& part) { return std::holds_alternative<ToolCall>(part.body); });
      json_.value(stop_reason(choice.finish, calls, choice.stop_sequence));
    } else if (choice.finish_text.empty()) {
      json_.null();
    } else {
      json_.value(choice.finish_text);
    }
    json_.key("stop_sequence");
    if (choice.stop_sequence.empty() && !has_word(choice.form, "empty_stop")) {
      json_.null();
    } else {
      json_.value(choice.stop_sequence);
    }
  }

  void write_usage_of() {
    json_.key("usage");
    if (options_.own && !answer_.usage_raw.empty()) {
      json_.raw(answer_.usage_raw);
    } else {
      write_usage(json_, answer_.usage);
    }
  }

  JsonWriter json_;
  const Answer& answer_;
  const Ask& ask_;
  WriteOptions options_;
};

std::string write_count(const Answer& answer) {
  std::string out;
  JsonWriter(out).begin_object().field("input_tokens", answer.usage.input).end_object();
  return out;
}

}  // namespace

std::string_view stop_reason(FinishReason reason, bool calls, std::string_view stop_sequence) {
  // Some say "stop" even when a tool is to be called; clients here would not call it then.
  if (reason == FinishReason::stop && calls) return finish_word(FinishReason::tool_calls);
  if (reason == FinishReason::stop && !stop_sequence.empty()) return "stop_sequence";
  return finish_word(reason);
}

std::string write_answer(const Answer& answer, const Ask& ask) {
  if (answer.endpoint == Endpoint::count_tokens) return write_count(answer);
  std::string out;
  AnswerWriter(out, answer, ask).write();
  return out;
}

}  // namespace wye::anthropic
