// Anthropic answer in full, for a client of another dialect, a check or a grader. Pure.
#include "dialect/anthropic.h"
#include "dialect/anthropic_parts.h"
#include "dialect/anthropic_said.h"
#include "dialect/anthropic_usage.h"
#include "dialect/json_walk.h"

namespace wye::anthropic {
namespace {

class AnswerReader {
 public:
  explicit AnswerReader(Answer& answer) : answer_(answer), choice_(answer.choices.emplace_back()) {}

  void read(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type" || key == "role") return;
    if (key == "id" && take::text(member, answer_.id)) return;
    if (key == "model" && take::text(member, answer_.model)) return;
    if (key == "stop_reason") return read_finish(member);
    if (key == "stop_sequence") return read_stop_sequence(member);
    if (key == "content" && walk::is_array(member.value)) {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { choice_.parts.push_back(read_part(each)); });
    } else if (key == "usage" && walk::is_object(member.value)) {
      UsageCounts counts;
      counts.add(member.value);
      answer_.usage = counts.usage();
      answer_.usage_raw = walk::raw(member.value);
    } else {
      walk::keep(answer_.extra, member);
    }
  }

  void settle() {
    if (calls_.settle(choice_.finish) == choice_.finish) return;
    choice_.finish = FinishReason::stop;
    choice_.finish_text = finish_word(FinishReason::stop);
  }

 private:
  void read_finish(walk::Member& member) {
    if (take::text(member, choice_.finish_text) && !choice_.finish_text.empty()) {
      choice_.finish = finish_reason_from(choice_.finish_text);
    }
  }

  void read_stop_sequence(walk::Member& member) {
    if (take::text(member, choice_.stop_sequence) && choice_.stop_sequence.empty()) {
      add_word(choice_.form, "empty_stop");
    }
  }

  Part read_part(JsonValue& value) {
    Part part = read_block(value);
    auto* call = std::get_if<ToolCall>(&part.body);
    if (call == nullptr) return part;
    calls_.add(call->name);
    if (call->name != answer_tool) return part;
    Part text;
    text.body = Text{std::move(call->arguments)};
    return text;
  }

  Answer& answer_;
  Choice& choice_;
  CallCount calls_;
};

}  // namespace

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  const Result<AnswerFacts> facts = read_answer_facts(reader, endpoint, body, provider);
  if (!facts) return fail(facts.error());
  Answer answer;
  answer.origin = DialectId::anthropic;
  answer.endpoint = endpoint;
  if (endpoint == Endpoint::count_tokens) {
    answer.usage = facts->usage;
    return answer;
  }
  AnswerReader parts(answer);
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read) return fail(read.error());
  parts.settle();
  return answer;
}

}  // namespace wye::anthropic
