#include "app/worker.h"

namespace wye {

ServerLimits limits_of(const ServerRules& rules) {
  ServerLimits limits;
  limits.head_bytes_max = rules.head_bytes_max;
  limits.body_bytes_max = rules.body_bytes_max;
  limits.head_timeout_ms = rules.head_timeout_ms;
  limits.body_timeout_ms = rules.body_timeout_ms;
  limits.idle_timeout_ms = rules.idle_timeout_ms;
  return limits;
}

}  // namespace wye
