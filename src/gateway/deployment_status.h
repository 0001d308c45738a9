// Deployment status: one deployment as the admin pages tell it: its state in a word, why it is so
// and until when, and the numbers behind decisions. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/facts.h"
#include "gateway/books.h"
#include "wire/json.h"

namespace wye {

// "ok", "probing" (the circuit is half-open), "open", "limited" or "out"; of several the one that
// lasts for want of a person's help comes first.
std::string_view state_word(const DeploymentFacts& facts, TimeMs now);

// Writes one object. `index` is into the policy's deployments.
void write_deployment_status(JsonWriter& json, const ActivePolicy& policy, std::size_t index,
                             const DeploymentFacts& facts, TimeMs now);

}  // namespace wye
