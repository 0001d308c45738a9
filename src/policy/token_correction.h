// TokenCorrection: what providers count, beside what we estimated. Estimates come from bytes, and
// how many bytes a token has differs by model and by what it is asked; so each deployment's ratio
// is learnt from the usage that it reports. A plain value, part of Health. Pure, any thread.
//
// The ratio is that of two running sums, so a long prompt, whose count matters, weighs more than a
// short one. It starts at one, with the weight of a short prompt, and stays within a half and two,
// whatever is reported: prompts with pictures, and providers that count something else, may pull it
// but not break it.
#pragma once

#include <cstdint>

#include "core/facts.h"

namespace wye {

// Shorter prompts teach nothing: what is added for roles and tools outweighs their text, and would
// be taken for a ratio.
inline constexpr std::int64_t correction_tokens_min = 256;
// No prompt weighs more than this many tokens; nothing was learnt yet has an eighth of it.
inline constexpr std::int64_t correction_weight_max = 4'096;
inline constexpr std::int64_t correction_weight_of_start = 512;
// Each prompt takes the place of a part of all before it.
inline constexpr std::int64_t correction_memory = 32;
inline constexpr std::int64_t correction_bound = 2;

struct TokenCorrection {
  std::int64_t estimated = 0;
  std::int64_t reported = 0;
  bool operator==(const TokenCorrection&) const = default;
};

void learn_tokens(TokenCorrection& correction, std::int64_t estimated, std::int64_t reported);

// For DeploymentFacts::input_tokens_ppm.
std::int32_t correction_ppm(const TokenCorrection& correction);

// What the deployment would count for a prompt of `estimated` tokens.
std::int64_t corrected_tokens(std::int64_t estimated, const DeploymentFacts& facts);

}  // namespace wye
