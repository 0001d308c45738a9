// OpenAI answer in full, for a client of another dialect, a check or a grader. Pure.
#include "dialect/json_walk.h"
#include "dialect/openai.h"
#include "dialect/openai_parts.h"
#include "dialect/openai_usage.h"

namespace wye::openai {
namespace {

void read_finish(walk::Member& member, Choice& choice) {
  if (!take::text(member, choice.finish_text)) return add_word(choice.form, "null_finish");
  if (!choice.finish_text.empty()) choice.finish = finish_reason_from(choice.finish_text);
}

Choice read_choice(JsonValue& value) {
  Choice choice;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "index") {
      choice.index = static_cast<int>(walk::integer_if(member.value).value_or(0));
    } else if (member.key == "finish_reason") {
      read_finish(member, choice);
    } else if (member.key == "logprobs") {
      choice.logprobs = walk::raw(member.value);
    } else if (member.key == "message" && walk::is_object(member.value)) {
      Message message = read_message(member.value);
      choice.parts = std::move(message.parts);
      choice.message_extra = std::move(message.extra);
      for (const std::string_view word : {"parts", "null", "absent"}) {
        if (has_word(message.form, word)) add_word(choice.form, word);
      }
    } else {
      walk::keep(choice.extra, member);
    }
  });
  return choice;
}

Embedding read_embedding(JsonValue& value) {
  Embedding out;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "index") {
      out.index = static_cast<int>(walk::integer_if(member.value).value_or(0));
    } else if (member.key == "embedding" && !take::text(member, out.base64)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        out.values.push_back(walk::number_if(each).value_or(0));
      });
    } else if (member.key != "object" && member.key != "embedding") {
      walk::keep(out.extra, member);
    }
  });
  return out;
}

void read_member(walk::Member& member, bool excludes_reasoning, Answer& answer) {
  const std::string_view key = member.key;
  const bool chat = answer.endpoint == Endpoint::chat;
  if (key == "object") return;
  if ((key == "id" && take::text(member, answer.id)) ||
      (key == "model" && take::text(member, answer.model))) {
    return;
  }
  if (key == "created" && walk::is_number(member.value)) {
    answer.created = walk::integer_if(member.value).value_or(0);
  } else if (key == "choices" && chat) {
    walk::elements_if(member.value,
                      [&](JsonValue& each) { answer.choices.push_back(read_choice(each)); });
  } else if (key == "data" && answer.endpoint == Endpoint::embeddings) {
    walk::elements_if(member.value,
                      [&](JsonValue& each) { answer.embeddings.push_back(read_embedding(each)); });
  } else if (key == "usage" && walk::is_object(member.value)) {
    answer.usage_raw = walk::raw(member.value);
    answer.usage = read_usage(member.value, excludes_reasoning);
  } else {
    walk::keep(answer.extra, member);
  }
}

}  // namespace

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  const Result<AnswerFacts> facts = read_answer_facts(reader, endpoint, body, provider);
  if (!facts) return fail(facts.error());
  Answer answer;
  answer.origin = DialectId::openai;
  answer.endpoint = endpoint;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_member(member, provider.output_excludes_reasoning, answer);
      return {};
    });
  });
  if (!read) return fail(read.error());
  return answer;
}

}  // namespace wye::openai
