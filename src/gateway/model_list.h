// Model list: tasks, routes and deployments in the shape of OpenAI's GET /v1/models.
#pragma once

#include <string>
#include <string_view>

#include "core/rules.h"

namespace wye {

// As clients of the dialect expect it: OpenAI's, Anthropic's or Gemini's.
std::string model_list_json(const Rules& rules, DialectId client);
// One entry, "" when nothing has this name ("task/NAME", a route or a deployment).
std::string model_json(const Rules& rules, std::string_view name, DialectId client);

}  // namespace wye
