// EmbeddedSim: the provider simulator inside `wye serve`, for configurations whose providers are of
// kind `simulator`. Runs on a thread of its own with its own loop.
#pragma once

#include <memory>

#include "base/result.h"
#include "core/rules.h"

namespace wye {

class EmbeddedSim {
 public:
  virtual ~EmbeddedSim() = default;
};

// Listens where the simulated providers' base_url points; null when the policy has none of them.
Result<std::unique_ptr<EmbeddedSim>> start_embedded_sim(const Rules& rules);

}  // namespace wye
