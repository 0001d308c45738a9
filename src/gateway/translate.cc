#include "gateway/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/continuation.h"
#include "gateway/count_answer.h"
#include "gateway/judge.h"
#include "gateway/seam.h"

namespace wye {
namespace {

// What this dialect has no place for, another may have.
template <class T>
Result<T> marked(Result<T> result) {
  if (!result && result.error().code == unsupported_code) result.error().only_here = true;
  return result;
}

void drop_reasoning(Content& content) {
  content.reasoning = {};
  content.reasoning.enabled = false;
}

Message turn(Role role, std::string text) {
  Message message;
  message.role = role;
  message.parts.push_back(Part{Text{std::move(text)}, {}, {}, {}, {}});
  return message;
}

// What is put behind the client's own messages.
std::vector<Message> turns_added(const Exchange& x, const Outcome& attempt) {
  std::vector<Message> turns;
  if (attempt.repair && x.invalid) {
    if (!x.invalid->text.empty()) turns.push_back(turn(Role::assistant, x.invalid->text));
    turns.push_back(
        turn(Role::user, fmt::format("That answer is not valid: {}. Answer the request again, "
                                     "with nothing but the corrected JSON.",
                                     x.invalid->complaint)));
  }
  if (attempt.resume == Resume::prefix && x.sent && !x.sent->choices.empty()) {
    const std::string text = text_of(x.sent->choices.front().parts);
    const std::string_view prefix = prefix_to_continue(text);
    if (!prefix.empty()) turns.push_back(turn(Role::assistant, std::string(prefix)));
  }
  return turns;
}

std::int64_t output_bytes_of(const Answer& answer) {
  std::int64_t bytes = 0;
  for (const Choice& choice : answer.choices) {
    for (const Part& part : choice.parts) {
      if (const auto* text = std::get_if<Text>(&part.body)) bytes += std::ssize(text->text);
      if (const auto* said = std::get_if<Reasoning>(&part.body)) bytes += std::ssize(said->text);
      if (const auto* call = std::get_if<ToolCall>(&part.body))
        bytes += std::ssize(call->arguments);
      if (const auto* no = std::get_if<Declined>(&part.body)) bytes += std::ssize(no->text);
    }
  }
  return bytes;
}

AnswerFacts facts_of(const Answer& answer) {
  AnswerFacts facts;
  facts.usage = answer.usage;
  facts.model = answer.model;
  facts.output_bytes = output_bytes_of(answer);
  if (!answer.choices.empty()) facts.finish = answer.choices.front().finish;
  facts.has_content =
      facts.output_bytes > 0 || !answer.embeddings.empty() || !answer.ranked.empty();
  return facts;
}

}  // namespace

const Dialect& dialect_for(const Provider& provider) { return *dialect_of(provider.dialect); }

namespace {

bool can_splice(const Exchange& x, const Provider& provider) {
  if (!is_same_dialect(x, provider) || x.ask.carries_signatures) return false;
  return x.dialect->can_splice == nullptr || x.dialect->can_splice(x.ask, provider);
}

bool passes_answer(const Exchange& x, const Provider& provider) {
  if (!is_same_dialect(x, provider)) return false;
  return x.dialect->passes_answer == nullptr || x.dialect->passes_answer(x.ask, provider);
}

}  // namespace

Result<ProviderRequest> request_for(Exchange& x, JsonReader& json, const PlanStep& step,
                                    const Outcome& attempt) {
  const Deployment& deployment = x.deployment(step.deployment);
  const Provider& provider = x.provider_of(step.deployment);
  x.ask.answer_id = format_request_id(x.record.id);
  x.ask.answer_created = x.record.started / 1000;
  x.ask.zdr = x.task() != nullptr && x.task()->zdr;
  std::vector<Message> turns = turns_added(x, attempt);
  if (turns.empty() && can_splice(x, provider)) {
    return x.dialect->splice(x.ask, deployment, provider, step.drop_reasoning);
  }
  // Read anew for each attempt and not kept: a large one would lie there for as long as its answer
  // takes, and be cold when it is freed.
  Result<Content> content = x.dialect->read_content(json, x.ask);
  if (!content) return fail(std::move(content.error()));
  if (step.drop_reasoning) drop_reasoning(*content);
  // What goes on with an answer may be as long as is left of it.
  if (attempt.resume == Resume::prefix && !turns.empty() && content->output_tokens_max)
    content->output_tokens_max = output_tokens_left(x);
  std::move(turns.begin(), turns.end(), std::back_inserter(content->messages));
  return marked(dialect_for(provider).write_ask(*content, x.ask, deployment, provider));
}

// Bedrock has no clients of its own dialect, and can be asked in nobody else's words but its own.
bool counts_tokens(Exchange& x, JsonReader& json, const PlanStep& step, const Outcome& attempt) {
  const Provider& provider = x.provider_of(step.deployment);
  if (is_same_dialect(x, provider)) return true;
  return provider.dialect == DialectId::bedrock && request_for(x, json, step, attempt).has_value();
}

Result<void> answer_count(Exchange& x, JsonReader& json, const Deployment& deployment) {
  const Result<Content> content = x.dialect->read_content(json, x.ask);
  if (!content) return fail(content.error());
  x.reply.status = 200;
  x.reply.body = x.dialect->write_answer(count_answer(*content, deployment.model), x.ask);
  return {};
}

Result<AnswerFacts> take_answer(Exchange& x, JsonReader& json, const Provider& provider,
                                std::string& body) {
  const Endpoint endpoint = x.ask.facts.endpoint;
  const Dialect& theirs = dialect_for(provider);
  const bool passes = passes_answer(x, provider);
  x.answer.reset();
  if (passes && !is_judged(x.task())) {
    return theirs.read_answer_facts(json, endpoint, body, provider);
  }
  Result<Answer> answer = theirs.read_answer(json, endpoint, body, provider);
  if (!answer) return fail(std::move(answer.error()));
  if (!passes) {
    // Some providers give neither, and some clients need both.
    if (answer->id.empty()) answer->id = x.ask.answer_id;
    if (answer->created == 0) answer->created = x.ask.answer_created;
  }
  AnswerFacts facts = facts_of(*answer);
  if (!passes) body = x.dialect->write_answer(*answer, x.ask);
  if (is_judged(x.task())) x.answer = std::move(*answer);
  return facts;
}

}  // namespace wye
