// Model list: tasks, routes and deployments in the shape of OpenAI's GET /v1/models.
#pragma once

#include <string>
#include <string_view>

#include "core/rules.h"

namespace wye {

// What the key may name as a model, as clients of the dialect expect it: OpenAI's, Anthropic's or
// Gemini's. `key` is an index into Rules::keys, -1 when no keys are configured.
std::string model_list_json(const Rules& rules, int key, DialectId client);
// One entry, "" when nothing that the key may name is called so ("task/NAME", a route or a
// deployment).
std::string model_json(const Rules& rules, int key, std::string_view name, DialectId client);

}  // namespace wye
