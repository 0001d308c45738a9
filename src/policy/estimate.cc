// Tokens, money and time expected of a request.
#include "policy/estimate.h"

#include <algorithm>

#include "policy/cost.h"
#include "policy/token_correction.h"

namespace wye {
namespace {

// More choices than this is nonsense that the provider will refuse; it keeps products small.
constexpr std::int64_t choices_max = 1024;

// Output nobody bounds is taken to be at most this for the worst case.
constexpr std::int64_t output_tokens_unbounded = 4096;

std::int64_t choices_of(const AskFacts& ask) {
  return std::clamp<std::int64_t>(ask.choices, 1, choices_max);
}

std::int64_t expected_per_choice(const AskFacts& ask) {
  if (!has_output(ask.endpoint)) return 0;
  if (ask.output_tokens_max < 0) return output_tokens_default;
  return std::min(ask.output_tokens_max, output_tokens_default);
}

std::int64_t most_per_choice(const AskFacts& ask, const Deployment& deployment) {
  if (!has_output(ask.endpoint)) return 0;
  const bool model_known = deployment.output_tokens_max > 0;
  if (ask.output_tokens_max < 0) {
    return model_known ? deployment.output_tokens_max : output_tokens_unbounded;
  }
  return std::min(ask.output_tokens_max,
                  model_known ? deployment.output_tokens_max : tokens_believed_max);
}

}  // namespace

bool has_output(Endpoint endpoint) {
  return endpoint == Endpoint::chat || endpoint == Endpoint::responses;
}

std::int64_t expected_output_tokens(const AskFacts& ask) {
  return expected_per_choice(ask) * choices_of(ask);
}

std::int64_t expected_output_tokens(const AskFacts& ask, const Deployment& deployment) {
  std::int64_t tokens = expected_per_choice(ask);
  if (deployment.output_tokens_max > 0) tokens = std::min(tokens, deployment.output_tokens_max);
  return tokens * choices_of(ask);
}

std::int64_t tokens_expected(const AskFacts& ask, const DeploymentFacts& facts) {
  if (ask.endpoint == Endpoint::count_tokens) return 0;
  return corrected_tokens(ask.input_tokens, facts) + expected_output_tokens(ask);
}

NanoUsd estimate_cost(const AskFacts& ask, const Deployment& deployment,
                      const DeploymentFacts& facts) {
  Usage usage;
  usage.input = corrected_tokens(ask.input_tokens, facts);
  usage.output = expected_output_tokens(ask, deployment);
  return cost_of(usage, deployment.price);
}

NanoUsd worst_cost(const AskFacts& ask, const Deployment& deployment,
                   const DeploymentFacts& facts) {
  Usage usage;
  usage.input = corrected_tokens(ask.input_tokens, facts);
  usage.output = most_per_choice(ask, deployment) * choices_of(ask);
  const Price& price = deployment.price.at(usage.input);
  if (price.cache_write > price.input) usage.cache_write = usage.input;
  return cost_of(usage, deployment.price);
}

std::int64_t estimate_duration_us(const AskFacts& ask, const DeploymentFacts& facts) {
  if (facts.ttft_us < 0 && facts.us_per_token < 0) return -1;
  // Choices are written side by side, so they do not add up.
  const std::int64_t tokens = expected_per_choice(ask);
  return std::max<std::int64_t>(facts.ttft_us, 0) +
         std::max<std::int64_t>(facts.us_per_token, 0) * tokens;
}

}  // namespace wye
