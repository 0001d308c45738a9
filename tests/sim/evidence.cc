// What the providers would say, worked out by the simulator's own pure function. See evidence.h.
#include "sim/evidence.h"

#include "lab/sim_chat.h"

namespace wye::sim {

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
  return kind != FaultKind::no_candidate && !(ours && outcome.duration_us == 0);
}

const std::string& provider_of(const Rules& rules, int deployment) {
  const int provider = rules.deployments[static_cast<std::size_t>(deployment)].provider;
  return rules.providers[static_cast<std::size_t>(provider)].name;
}

std::optional<WholeAnswer> whole_answer(const AskPlan& ask, const ProviderPlan& provider) {
  simdjson::dom::parser parser;
  const simdjson::padded_string body(body_of(ask));
  dom::Element root;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return std::nullopt;
  const auto chat = answer_chat(root, sim_model_of(provider), provider.seed);
  if (!chat || chat->choices.empty()) return std::nullopt;
  return WholeAnswer{chat->choices.front().content.text, chat->prompt_tokens,
                     chat->completion_tokens};
}

}  // namespace wye::sim
