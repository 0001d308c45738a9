// Gemini generationConfig: the facts that a decision needs of it. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/ability.h"
#include "wire/json.h"

namespace wye::gemini {

struct ConfigFacts {
  std::int64_t output_tokens_max = -1;
  int choices = 1;
  std::optional<JsonValue> thinking_config;  // may be cut out
};

// Adds what the config asks for to `needs`.
Result<ConfigFacts> read_config_facts(JsonValue& value, Abilities& needs);

}  // namespace wye::gemini
