// Foreign: words that other gateways use, and what to write here for them. Used where unknown keys
// and wrong types are told.
//
// Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "config/document.h"
#include "config/shape.h"

namespace wye::config {

// What to write for a key that other gateways have. `within` is what the key stands in: "provider",
// "task" and the like, or the name of the section; "" is the top level. "" when nothing is known.
std::string_view advice_on_key(std::string_view within, std::string_view key);

// What to write for a value that has not the form of its kind, "" when nothing is known.
std::string advice_on_value(Shape::Kind kind, const Node& node);

// "{ max: 3 }" where the map of `section` is wanted and a scalar is given; "" when that could mean
// several things.
std::string advice_on_scalar(std::string_view section, const Node& node);

// NAME of os.environ/NAME, $NAME and the like, "" when it may be a secret instead.
std::string_view variable_meant(std::string_view text);

}  // namespace wye::config
