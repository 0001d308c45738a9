// Gemini answer in full, for a client of another dialect, a check or a grader. Pure.
#include "dialect/gemini.h"
#include "dialect/gemini_candidate.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_logprobs.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_usage.h"

namespace wye::gemini {
namespace {

void read_content(walk::Member& content, Choice& choice) {
  walk::members_if(content.value, [&](walk::Member& member) {
    if (member.key == "parts" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        choice.parts.push_back(read_part(each, From::provider));
      });
    } else {
      keep_given(choice.message_extra, member);
    }
  });
}

bool has_call(const Choice& choice) {
  for (const Part& part : choice.parts) {
    if (std::holds_alternative<ToolCall>(part.body)) return true;
  }
  return false;
}

Choice read_candidate(JsonValue& value, int position) {
  Choice choice;
  choice.index = position;
  Finish finish;
  bool content = false, index = false;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "content" && walk::is_object(member.value)) {
      content = true;
      read_content(member, choice);
    } else if (member.key == "index") {
      index = true;
      choice.index = static_cast<int>(integer_of(member.value).value_or(position));
    } else if (is_field(member.key, "finishReason")) {
      finish = read_finish(member.value, false);
    } else if (is_field(member.key, "logprobsResult")) {
      keep_given(choice.extra, member);
      choice.logprobs = R"({"content":[)" + logprob_elements(member.value) + "]}";
    } else {
      keep_given(choice.extra, member);
    }
  });
  choice.finish_text = finish.text;
  choice.finish = finish.reason;
  if (finish.reason == FinishReason::stop && has_call(choice)) {
    choice.finish = FinishReason::tool_calls;
  }
  if (finish.number) add_word(choice.form, "number");
  if (!content) add_word(choice.form, "no_content");
  if (!index) add_word(choice.form, "no_index");
  return choice;
}

// Calls without ids get some, and whoever writes this for Gemini's clients leaves them out again.
void invent_ids(Answer& answer) {
  for (Choice& choice : answer.choices) {
    int tool = 0;
    for (Part& part : choice.parts) {
      auto* call = std::get_if<ToolCall>(&part.body);
      if (call == nullptr) continue;
      if (call->id.empty()) call->id = invented_id(answer.id, call->name, choice.index, tool);
      ++tool;
    }
  }
}

Embedding read_embedding(JsonValue& value, int index) {
  Embedding out;
  out.index = index;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "values" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        out.values.push_back(walk::number_if(each).value_or(0));
      });
    } else {
      keep_given(out.extra, member);
    }
  });
  return out;
}

class AnswerReader {
 public:
  explicit AnswerReader(Answer& answer) : answer_(answer) {}

  void read(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (is_field(key, "responseId") && take_text(member, answer_.id)) return;
    if (is_field(key, "modelVersion") && take_text(member, answer_.model)) return;
    if (is_field(key, "usageMetadata") && walk::is_object(value)) {
      answer_.usage_raw = walk::raw(value);
    } else if (key == "candidates" && answer_.endpoint == Endpoint::chat) {
      walk::elements_if(value, [&](JsonValue& each) {
        const auto position = static_cast<int>(answer_.choices.size());
        answer_.choices.push_back(read_candidate(each, position));
      });
    } else if (answer_.endpoint != Endpoint::embeddings || !read_vectors(key, value)) {
      const bool total = answer_.endpoint == Endpoint::count_tokens && is_field(key, "totalTokens");
      // Vertex counts characters there, and only there.
      const bool vertex = answer_.endpoint == Endpoint::embeddings && key == "metadata";
      if (!total && !vertex) keep_given(answer_.extra, member);
    }
  }

 private:
  bool read_vectors(std::string_view key, JsonValue& value) {
    if (key == "embedding") {
      add(value);
    } else if (key == "embeddings") {
      walk::elements_if(value, [&](JsonValue& each) { add(each); });
    } else if (key == "predictions") {
      walk::elements_if(value, [&](JsonValue& each) {
        walk::members_if(each, [&](walk::Member& inner) {
          if (inner.key != "embeddings") return;
          add(inner.value);
          answer_.embeddings.back().extra.clear();  // counts, which the facts have
        });
      });
    } else {
      return false;
    }
    return true;
  }
  void add(JsonValue& value) {
    answer_.embeddings.push_back(
        read_embedding(value, static_cast<int>(answer_.embeddings.size())));
  }

  Answer& answer_;
};

}  // namespace

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  Result<AnswerFacts> facts = read_answer_facts(reader, endpoint, body, provider);
  if (!facts) return fail(std::move(facts.error()));
  Answer answer;
  answer.origin = DialectId::gemini;
  answer.endpoint = endpoint == Endpoint::responses ? Endpoint::chat : endpoint;
  AnswerReader parts(answer);
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read) return fail(read.error());
  answer.usage = facts->usage;
  invent_ids(answer);
  return answer;
}

}  // namespace wye::gemini
