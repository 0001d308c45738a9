// Estimate: how many tokens, how much money and how long a request will take at a deployment,
// before anybody was asked. Pure, any thread.
//
// The rule for output: nobody knows how long an answer will be, so an answer of 512 tokens is
// expected, or less when the client or the model allow less. Only chat and responses have output.
#pragma once

#include "core/ask_facts.h"
#include "core/deployment.h"
#include "core/facts.h"
#include "core/tokens_believed.h"

namespace wye {

inline constexpr std::int64_t output_tokens_default = 512;

bool has_output(Endpoint endpoint);

// Expected output tokens of all choices together: min(512, client's limit) x choices.
std::int64_t expected_output_tokens(const AskFacts& ask);
// The same where the deployment can give less.
std::int64_t expected_output_tokens(const AskFacts& ask, const Deployment& deployment);

// Prompt and answer together, against a deployment's tokens per minute. To count uses none.
std::int64_t tokens_expected(const AskFacts& ask, const DeploymentFacts& facts);

// Estimated cost at the tier of the input; -1 when a price that is needed is not known. The input
// is the estimate as the deployment's own counts correct it (see token_correction.h).
NanoUsd estimate_cost(const AskFacts& ask, const Deployment& deployment,
                      const DeploymentFacts& facts = unseen_deployment);
// The most that the request can cost there, for reserving budget: all output that client and model
// allow, and input at the dearer of its plain and its cache-write price. -1 when not known.
NanoUsd worst_cost(const AskFacts& ask, const Deployment& deployment,
                   const DeploymentFacts& facts = unseen_deployment);

// Time to the first token and the time of the expected tokens after it; -1 when never measured.
std::int64_t estimate_duration_us(const AskFacts& ask, const DeploymentFacts& facts);

}  // namespace wye
