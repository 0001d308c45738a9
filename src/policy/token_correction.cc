// Two running sums and their ratio, in integers, so that decisions replay to the bit.
#include "policy/token_correction.h"

#include <algorithm>

#include "base/units.h"
#include "policy/estimate.h"

namespace wye {
namespace {

void run(std::int64_t& sum, std::int64_t next) { sum += next - sum / correction_memory; }

}  // namespace

void learn_tokens(TokenCorrection& correction, std::int64_t estimated, std::int64_t reported) {
  if (estimated < correction_tokens_min || estimated > tokens_believed_max || reported <= 0) return;
  const std::int64_t believed =
      std::clamp(reported, estimated / correction_bound, estimated * correction_bound);
  const std::int64_t weight = std::min(estimated, correction_weight_max);
  run(correction.estimated, weight);
  run(correction.reported, believed * weight / estimated);
}

std::int32_t correction_ppm(const TokenCorrection& correction) {
  const std::int64_t estimated = correction.estimated + correction_weight_of_start;
  const std::int64_t reported = correction.reported + correction_weight_of_start;
  return static_cast<std::int32_t>(reported * whole_ppm / estimated);
}

std::int64_t corrected_tokens(std::int64_t estimated, const DeploymentFacts& facts) {
  const std::int64_t tokens = std::clamp<std::int64_t>(estimated, 0, tokens_believed_max);
  const std::int64_t ratio = std::clamp<std::int64_t>(
      facts.input_tokens_ppm, whole_ppm / correction_bound, whole_ppm * correction_bound);
  return tokens / whole_ppm * ratio + (tokens % whole_ppm * ratio + whole_ppm - 1) / whole_ppm;
}

}  // namespace wye
