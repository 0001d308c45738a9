// OpenAI answer: the facts of an answer that is passed on as it came. Pure.
#include "dialect/json_walk.h"
#include "dialect/openai.h"
#include "dialect/openai_said.h"
#include "dialect/openai_usage.h"
#include "dialect/provider_fault.h"

namespace wye::openai {
namespace {

std::string_view missing_in(Endpoint endpoint) {
  if (endpoint == Endpoint::chat) return "The provider's answer has no choices.";
  return endpoint == Endpoint::moderations ? "The provider's answer has no results."
                                           : "The provider's answer has no embeddings.";
}

class FactsReader {
 public:
  FactsReader(Endpoint endpoint, const Provider& provider)
      : chat_(endpoint == Endpoint::chat),
        list_(endpoint == Endpoint::moderations ? "results" : "data"),
        provider_(provider) {}

  void read(walk::Member& member) {
    JsonValue& value = member.value;
    if (member.key == "choices" && chat_) return read_choices(value);
    if (member.key == list_ && !chat_) return read_data(value);
    if (member.key == "usage") {
      facts.usage = read_usage(value, provider_.output_excludes_reasoning);
    } else if (member.key == "model") {
      if (const auto model = walk::string_if(value)) facts.model = *model;
    } else if (member.key == "error") {
      fault = read_inner_fault(value);
    }
  }

  AnswerFacts facts;
  bool answered = false;
  std::optional<Fault> fault;

 private:
  void read_choices(JsonValue& value) {
    Said said;
    walk::elements_if(value, [&](JsonValue& choice) {
      answered = true;
      said.finish = FinishReason::none;
      read_choice_facts(choice, false, said);
      if (facts.finish == FinishReason::none) facts.finish = said.finish;
    });
    facts.has_content = said.content;
    facts.output_bytes = said.bytes;
    if (said.fault) fault = std::move(said.fault);
  }

  void read_data(JsonValue& value) {
    walk::elements_if(value, [&](JsonValue&) { answered = true; });
    facts.has_content = answered;
    facts.finish = FinishReason::stop;
  }

  bool chat_;
  std::string_view list_;  // of embeddings, of moderations
  const Provider& provider_;
};

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider& provider) {
  pad(body);
  FactsReader parts(endpoint, provider);
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read)
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  if (parts.fault) return fail(std::move(*parts.fault));
  if (parts.answered) return std::move(parts.facts);
  return fail(no_answer(std::string(missing_in(endpoint))));
}

}  // namespace wye::openai
