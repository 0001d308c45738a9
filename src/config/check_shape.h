// The check of a document against the table of keys: unknown keys, types, units, what is missing
// and what is not available yet. What names mean and whether they fit together is checked by the
// readers.
//
// Pure, any thread.
#pragma once

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/shape.h"

namespace wye::config {

void check_shape(const Node& root, const Shape& shape, Diagnostics& diagnostics);

// May this be the name of a provider, deployment, route, task or key?
bool is_usable_name(std::string_view name);

// How a value is called in messages: the text of a scalar in quotes, shortened; "a list"; "a map".
std::string shown(const Node& node);

}  // namespace wye::config
