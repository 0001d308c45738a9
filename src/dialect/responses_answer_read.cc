// Responses answer in full, for a client of another dialect, a check or a grader. Pure.
#include <cmath>

#include "dialect/json_walk.h"
#include "dialect/responses.h"
#include "dialect/responses_items.h"
#include "dialect/responses_usage.h"
#include "dialect/take.h"

namespace wye::responses {
namespace {

class AnswerReader {
 public:
  AnswerReader(Answer& answer, bool excludes_reasoning)
      : answer_(answer), excludes_reasoning_(excludes_reasoning) {}

  void read(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "id" && take::text(member, answer_.id)) return;
    if (key == "model" && take::text(member, answer_.model)) return;
    if (key == "created_at" && take_time(member)) return;
    if (key == "usage" && walk::is_object(value)) {
      answer_.usage_raw = walk::raw(value);
      answer_.usage = read_usage(value, excludes_reasoning_);
    } else if (key == "output" && walk::is_array(value)) {
      walk::elements_if(value, [&](JsonValue& each) { read_item(each, messages_); });
    } else {
      walk::keep(answer_.extra, member);
      read_ending(key, value, ending_);
    }
  }

  void finish(const AnswerFacts& facts) {
    Choice& choice = answer_.choices.emplace_back();
    choice.finish = facts.finish;
    choice.finish_text = finish_text_of(ending_);
    for (Message& message : messages_) take_parts(message, choice.parts);
    choice.logprobs = logprobs_of(choice.parts);
  }

 private:
  // Some write it as 1787150056.0, others add milliseconds, which are kept as they are.
  bool take_time(walk::Member& member) {
    const std::string_view raw = walk::raw(member.value);
    const auto time = walk::number_if(member.value);
    if (time && std::abs(*time) < 9e15 && std::floor(*time) == *time) {
      answer_.created = static_cast<std::int64_t>(*time);
    } else {
      answer_.extra.push_back({std::string(member.key), std::string(raw)});
    }
    return true;
  }

  // An answer has one speaker; items of others (a compacted conversation) are kept whole.
  static void take_parts(Message& message, std::vector<Part>& parts) {
    if (message.role == Role::assistant) {
      for (Part& part : message.parts) parts.push_back(std::move(part));
      return;
    }
    std::string json;
    JsonWriter writer(json);
    write_items(writer, message, true);
    parts.emplace_back().body = Unknown{.type = "message", .json = std::move(json)};
  }

  // Those of all texts, in the shape that the hub has from Chat Completions.
  static std::string logprobs_of(const std::vector<Part>& parts) {
    std::string elements;
    for (const Part& part : parts) {
      const std::string* json = find_extra(part.extra, "logprobs");
      if (json == nullptr || json->size() <= 2 || json->front() != '[') continue;
      if (!elements.empty()) elements += ',';
      elements.append(*json, 1, json->size() - 2);
    }
    return elements.empty() ? elements : R"({"content":[)" + elements + "]}";
  }

  Answer& answer_;
  bool excludes_reasoning_;
  std::vector<Message> messages_;
  Ending ending_;
};

}  // namespace

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  const Result<AnswerFacts> facts = read_answer_facts(reader, endpoint, body, provider);
  if (!facts) return fail(facts.error());
  Answer answer;
  answer.origin = DialectId::openai_responses;
  answer.endpoint = Endpoint::chat;
  AnswerReader parts(answer, provider.output_excludes_reasoning);
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read) return fail(read.error());
  parts.finish(*facts);
  return answer;
}

}  // namespace wye::responses
