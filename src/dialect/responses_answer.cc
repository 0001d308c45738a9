// Responses answer: the facts of an answer that is passed on as it came. Pure.
#include "dialect/json_walk.h"
#include "dialect/provider_fault.h"
#include "dialect/responses.h"
#include "dialect/responses_said.h"

namespace wye::responses {

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint, std::string& body,
                                      const Provider& provider) {
  pad(body);
  ResponseFacts seen;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      seen.read_member(member.key, member.value, provider.output_excludes_reasoning);
      return {};
    });
  });
  if (!read) {
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  }
  if (seen.fault) return fail(std::move(*seen.fault));
  if (!seen.has_output) return fail(no_answer("The provider's answer has no output."));
  AnswerFacts facts;
  facts.finish = finish_of(seen.ending);
  if (facts.finish == FinishReason::none) {
    return fail(no_answer("The provider answers in the background, which is not served."));
  }
  if (facts.finish == FinishReason::error) {
    return fail(FaultKind::outage, "The provider failed and did not say why.");
  }
  facts.usage = seen.usage;
  facts.model = seen.model;
  facts.has_content = seen.said.content;
  facts.output_bytes = seen.said.bytes;
  return facts;
}

}  // namespace wye::responses
