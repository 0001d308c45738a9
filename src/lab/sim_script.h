// Sim script: how a user tells the simulated model which arguments to call a tool with:
// "call read_file {"path":"/tmp/notes"}" anywhere in the last message. Pure.
#pragma once

#include <string>
#include <string_view>

namespace wye {

// The JSON object behind "call NAME", "" when there is none.
std::string scripted_arguments(std::string_view text, std::string_view tool);

}  // namespace wye
