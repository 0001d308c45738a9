// Ollama answer: a whole answer read, for its facts or in full. Pure.
#include <algorithm>

#include <fmt/format.h>

#include "dialect/json_walk.h"
#include "dialect/ollama.h"
#include "dialect/ollama_said.h"
#include "dialect/provider_fault.h"
#include "dialect/take.h"
#include "dialect/vectors.h"
#include "dialect/wait_time.h"

namespace wye::ollama {
namespace {

Fault no_object(const Fault& cause) {
  return no_answer("The provider's answer is no JSON object: " + cause.message);
}

// Only an answer says whether it is done, and only a chat does.
Result<AnswerFacts> chat_facts(const Said& said) {
  if (said.fault) return fail(*said.fault);
  if (!said.done) return fail(no_answer("The provider's answer is not whole."));
  AnswerFacts facts;
  facts.usage = said.usage();
  facts.finish = finish_of(said.done_reason, said.call_count > 0);
  facts.model = said.model;
  facts.has_content = said.has_content();
  facts.output_bytes = said.bytes();
  return facts;
}

struct Embedded {
  Answer answer;
  bool found = false;
  std::optional<Fault> fault;
};

Embedded read_embedded(JsonObject& root, bool full) {
  Embedded out;
  Said said;
  Answer& answer = out.answer;
  (void)walk::members(root, [&](walk::Member& member) -> Result<void> {
    if (member.key == "embeddings" && walk::is_array(member.value)) {
      out.found = true;
      int index = 0;
      walk::elements_if(member.value, [&](JsonValue& each) {
        if (!full) return;
        Embedding& one = answer.embeddings.emplace_back();
        one.index = index++;
        one.values = read_floats(each);
      });
    } else if (member.key == "model" && take::text(member, answer.model)) {
      return {};
    } else if (member.key == "prompt_eval_count") {
      said.input_tokens = walk::integer_if(member.value);
    } else if (member.key == "error") {
      if (const auto text = walk::string_if(member.value))
        out.fault = no_answer(std::string(*text));
    } else if (full) {
      walk::keep(answer.extra, member);
    }
    return {};
  });
  answer.usage = said.usage();
  return out;
}

Result<Embedded> read_embeddings(JsonReader& reader, std::string& body, bool full) {
  pad(body);
  Embedded out;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    out = read_embedded(root, full);
    return {};
  });
  if (!read) return fail(no_object(read.error()));
  if (out.fault) return fail(std::move(*out.fault));
  if (!out.found) return fail(no_answer("The provider's answer has no embeddings."));
  return out;
}

std::string unescaped(std::string_view quoted) {
  std::string out;
  if (!quoted.empty()) append_unescaped(out, quoted);
  return out;
}

void add_parts(Said& said, Choice& choice) {
  if (std::string text = unescaped(said.thinking); !text.empty()) {
    choice.parts.emplace_back().body = Reasoning{std::move(text)};
  }
  if (std::string text = unescaped(said.content); !text.empty()) {
    choice.parts.emplace_back().body = Text{std::move(text)};
  }
  int count = 0;
  for (Part& call : said.calls) {
    auto& body = std::get<ToolCall>(call.body);
    ++count;
    if (body.id.empty()) {
      body.id = fmt::format("call_{}", count);
      take::add_word(call.form, "no_id");
    }
    choice.parts.push_back(std::move(call));
  }
}

void fill(Said& said, Answer& answer) {
  answer.model = said.model;
  answer.usage = said.usage();
  if (const auto created = parse_rfc3339(said.created_at)) answer.created = *created / 1000;
  Choice& choice = answer.choices.emplace_back();
  add_parts(said, choice);
  choice.finish = finish_of(said.done_reason, !said.calls.empty());
  choice.finish_text = said.done_reason;
  if (!said.logprobs.empty()) {
    choice.logprobs = fmt::format("{{\"content\":{}}}", said.logprobs);
  }
  answer.extra = std::move(said.extra);
}

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider&) {
  if (endpoint == Endpoint::embeddings) {
    auto embedded = read_embeddings(reader, body, false);
    if (!embedded) return fail(std::move(embedded.error()));
    AnswerFacts facts;
    facts.usage = embedded->answer.usage;
    facts.finish = FinishReason::stop;
    facts.model = embedded->answer.model;
    facts.has_content = true;
    return facts;
  }
  pad(body);
  Result<AnswerFacts> facts = AnswerFacts{};
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    facts = chat_facts(read_said(root, false));
    return {};
  });
  if (!read) return fail(no_object(read.error()));
  return facts;
}

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  if (const auto facts = read_answer_facts(reader, endpoint, body, provider); !facts) {
    return fail(facts.error());
  }
  Answer answer;
  if (endpoint == Endpoint::embeddings) {
    auto embedded = read_embeddings(reader, body, true);
    if (!embedded) return fail(std::move(embedded.error()));
    answer = std::move(embedded->answer);
  } else {
    const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
      Said said = read_said(root, true);
      fill(said, answer);
      return {};
    });
    if (!read) return fail(no_object(read.error()));
  }
  answer.origin = DialectId::ollama;
  answer.endpoint = endpoint;
  return answer;
}

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  return read_provider_fault(reader, status, headers, body, now);
}

}  // namespace wye::ollama
