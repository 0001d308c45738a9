// Cohere answer: a whole answer of any endpoint read, for its facts or in full. Pure.
#include "dialect/cohere.h"
#include "dialect/cohere_parts.h"
#include "dialect/cohere_usage.h"
#include "dialect/json_walk.h"
#include "dialect/provider_fault.h"
#include "dialect/rerank.h"
#include "dialect/take.h"
#include "dialect/vectors.h"

namespace wye::cohere {
namespace {

// What a message carries; lengths only.
struct Said {
  bool content = false;
  std::int64_t bytes = 0;
};

void add_text(JsonValue& value, Said& said) {
  if (!walk::is_string(value)) return;
  const std::size_t bytes = walk::token(value).size() - 2;
  said.bytes += static_cast<std::int64_t>(bytes);
  said.content = said.content || bytes != 0;
}

void read_said(JsonValue& message, Said& said) {
  walk::members_if(message, [&](walk::Member& member) {
    if (member.key == "tool_plan") return add_text(member.value, said);
    if (member.key == "tool_calls") {
      walk::elements_if(member.value, [&](JsonValue& each) {
        said.content = true;
        said.bytes += static_cast<std::int64_t>(walk::raw(each).size());
      });
    }
    if (member.key != "content") return;
    add_text(member.value, said);
    walk::elements_if(member.value, [&](JsonValue& part) {
      walk::members_if(part, [&](walk::Member& each) {
        if (each.key == "text" || each.key == "thinking") add_text(each.value, said);
      });
    });
  });
}

// An answer without a word, of a model that gave up.
Fault gave_up(std::string_view reason) {
  const bool late = reason == "TIMEOUT";
  Fault bad = fault(late ? FaultKind::timeout : FaultKind::outage,
                    "The model ended with " + std::string(reason) + " and no answer.");
  bad.provider_status = 200;
  return bad;
}

struct Reading {
  AnswerFacts facts;
  bool answered = false;
  std::string finish_text;
};

void read_facts_member(walk::Member& member, Endpoint endpoint, Reading& reading) {
  const std::string_view key = member.key;
  AnswerFacts& facts = reading.facts;
  if (key == "usage" || key == "meta") {
    if (walk::is_object(member.value)) facts.usage = read_usage(member.value);
  } else if (endpoint == Endpoint::chat && key == "message" && walk::is_object(member.value)) {
    Said said;
    read_said(member.value, said);
    facts.has_content = said.content;
    facts.output_bytes = said.bytes;
    reading.answered = true;
  } else if (endpoint == Endpoint::chat && key == "finish_reason") {
    (void)take::text(member, reading.finish_text);
    facts.finish = finish_reason_from(reading.finish_text);
  } else if ((endpoint == Endpoint::embeddings && key == "embeddings") ||
             (endpoint == Endpoint::rerank && key == "results")) {
    reading.answered = walk::is_object(member.value) || walk::is_array(member.value);
    facts.has_content = reading.answered;
    facts.finish = FinishReason::stop;
  }
}

void add_vectors(JsonValue& list, Answer& answer) {
  std::size_t index = 0;
  walk::elements_if(list, [&](JsonValue& each) {
    if (answer.embeddings.size() <= index) {
      answer.embeddings.emplace_back().index = static_cast<int>(index);
    }
    Embedding& one = answer.embeddings[index++];
    if (const auto packed = walk::string_if(each)) {
      one.base64 = *packed;
    } else {
      one.values = read_floats(each);
    }
  });
}

// {"float": [[...]], "int8": [[...]]}; types of Cohere's own are kept as they came.
void read_embeddings(walk::Member& member, Answer& answer) {
  if (walk::is_array(member.value)) return add_vectors(member.value, answer);
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "float" || each.key == "base64") return add_vectors(each.value, answer);
    take::keep_in(answer.extra, "embeddings", each);
  });
}

void read_choice_member(walk::Member& member, Answer& answer) {
  if (answer.choices.empty()) answer.choices.emplace_back();
  Choice& choice = answer.choices.front();
  if (member.key == "message") {
    Message message = read_message(member.value);
    choice.parts = std::move(message.parts);
    choice.message_extra = std::move(message.extra);
    choice.form = std::move(message.form);
  } else {
    (void)take::text(member, choice.finish_text);
    choice.finish = finish_reason_from(choice.finish_text);
  }
}

void read_member(walk::Member& member, Answer& answer) {
  const std::string_view key = member.key;
  const Endpoint endpoint = answer.endpoint;
  if (key == "id" && take::text(member, answer.id)) return;
  if (endpoint == Endpoint::chat && (key == "message" || key == "finish_reason")) {
    read_choice_member(member, answer);
  } else if ((key == "usage" || key == "meta") && walk::is_object(member.value)) {
    answer.usage_raw = walk::raw(member.value);
    answer.usage = read_usage(member.value);
  } else if (endpoint == Endpoint::embeddings && key == "embeddings") {
    read_embeddings(member, answer);
  } else if (endpoint == Endpoint::rerank && key == "results") {
    if (auto ranked = read_ranked(member.value)) answer.ranked = std::move(*ranked);
  } else {
    walk::keep(answer.extra, member);
  }
}

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider&) {
  pad(body);
  Reading reading;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_facts_member(member, endpoint, reading);
      return {};
    });
  });
  if (!read) {
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  }
  AnswerFacts& facts = reading.facts;
  if (facts.finish == FinishReason::error && !facts.has_content) {
    return fail(gave_up(reading.finish_text));
  }
  if (reading.answered) return std::move(facts);
  return fail(no_answer("The provider's answer has no message, embeddings or results."));
}

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  if (const auto facts = read_answer_facts(reader, endpoint, body, provider); !facts) {
    return fail(facts.error());
  }
  Answer answer;
  answer.origin = DialectId::cohere;
  answer.endpoint = endpoint;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_member(member, answer);
      return {};
    });
  });
  if (!read) return fail(read.error());
  return answer;
}

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  return read_provider_fault(reader, status, headers, body, now);
}

}  // namespace wye::cohere
