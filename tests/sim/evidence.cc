// What the providers would say, worked out by the simulator's own pure function. See evidence.h.
#include "sim/evidence.h"

#include <algorithm>

#include "lab/sim_chat.h"
#include "lab/sim_prompt.h"

namespace wye::sim {
namespace {

// What a provider reads in body_of(ask).
Content content_of(const AskPlan& ask) {
  Content content;
  Message& message = content.messages.emplace_back();
  message.parts.push_back(Part{Text{ask.content}, {}, {}, {}, {}});
  if (ask.tokens_max > 0) content.output_tokens_max = ask.tokens_max;
  return content;
}

}  // namespace

SimModel sim_model_of(const ProviderPlan& provider) {
  SimModel model;
  model.ttft_ms = provider.ttft_ms;
  model.tokens_per_second = provider.tokens_per_second;
  model.words_min = provider.words_min;
  model.words_max = provider.words_max;
  return model;
}

bool was_begun(const Outcome& outcome) {
  if (!outcome.fault) return true;
  const FaultKind kind = outcome.fault->kind;
  const bool ours = kind == FaultKind::client_gone || kind == FaultKind::shutting_down;
  return was_called(outcome) && !(ours && outcome.duration_us == 0);
}

bool went_on(const Kept& kept) {
  return std::any_of(kept.record.outcomes.begin(), kept.record.outcomes.end(),
                     [](const Outcome& outcome) { return outcome.resume != Resume::none; });
}

const std::string& provider_of(const Rules& rules, int deployment) {
  const int provider = rules.deployments[static_cast<std::size_t>(deployment)].provider;
  return rules.providers[static_cast<std::size_t>(provider)].name;
}

bool had_nothing_to_say(const Evidence& evidence, int ask, const std::string& provider) {
  const auto calls = evidence.calls.find(ask);
  if (calls == evidence.calls.end()) return false;
  return std::any_of(calls->second.begin(), calls->second.end(), [&](const CallSeen& call) {
    return call.provider == provider &&
           (call.entry.fault == "empty" || call.entry.fault == "refusal");
  });
}

std::optional<WholeAnswer> whole_answer(const AskPlan& ask, const ProviderPlan& provider) {
  if (ask.broken_body) return std::nullopt;
  const Content content = content_of(ask);
  const SimPrompt prompt = read_prompt(content);
  const SimChat chat = answer_chat(content, prompt, sim_model_of(provider), provider.seed, false);
  return WholeAnswer{chat.choices.front().content.text, chat.prompt_tokens,
                     chat.completion_tokens()};
}

}  // namespace wye::sim
