// Schema: the table of all keys of the configuration, and what is made from it: the JSON Schema
// that `wye schema` prints and the reference docs/configuration.md.
//
// Built once, immutable, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/shape.h"

namespace wye::config {

// The shape of the whole file.
const Shape& file_shape();

// Sections, one function each; schema_*.cc.
std::vector<Field> server_fields();
std::vector<Field> provider_fields();
std::vector<Field> deployment_fields();
std::vector<Field> route_fields();
std::vector<Field> task_fields();
std::vector<Field> rule_fields();
std::vector<Field> reliability_fields();
std::vector<Field> key_fields();

// Words that more than one section has.
ShapePtr ability_words();
ShapePtr endpoint_words();

// JSON Schema, draft 7, of the whole file.
std::string json_schema();
// docs/configuration.md.
std::string reference_markdown();
// `wye schema tasks.latency.ttft`: type, default and meaning of one key, and of the keys below it;
// nothing when there is no such key. Names of the user's own are left out of the path or written *.
std::optional<std::string> explain_key(std::string_view path);
// Paths of keys that perhaps were meant by one that is not there: those with the same last name, or
// the nearest. Empty when none is near.
std::vector<std::string> keys_near(std::string_view path);

}  // namespace wye::config
