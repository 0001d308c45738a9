// Sim schema: makes JSON that satisfies a JSON Schema, as a model with structured output does.
// Knows what such schemas use: types, properties, items, enum, const, $ref, anyOf/oneOf/allOf,
// bounds, formats. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "lab/sim_dom.h"

namespace wye {

// Appends a value of `schema`; strings are made of `topics`.
void append_instance(std::string& out, const dom::Element& schema,
                     const std::vector<std::string_view>& topics, Dice& dice);

}  // namespace wye
