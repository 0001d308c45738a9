// Vectors: embeddings as base64 of little-endian 32-bit floats, which is how most providers pack
// them. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "wire/json.h"

namespace wye {

std::string pack_floats(const std::vector<double>& values);
// Empty when the text is no base64.
std::vector<double> unpack_floats(std::string_view base64);

// An embedding as an array of numbers, whichever way it came.
void write_floats(JsonWriter& json, const Embedding& embedding);
// An array of numbers.
std::vector<double> read_floats(JsonValue& array);

}  // namespace wye
