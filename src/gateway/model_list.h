// Model list: tasks, routes and deployments in the shape of OpenAI's GET /v1/models.
#pragma once

#include <string>
#include <string_view>

#include "core/rules.h"

namespace wye {

std::string model_list_json(const Rules& rules);
// One entry, "" when nothing has this name ("task/NAME", a route or a deployment).
std::string model_json(const Rules& rules, std::string_view name);

}  // namespace wye
