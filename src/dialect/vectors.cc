// Vectors. Pure.
#include "dialect/vectors.h"

#include <bit>
#include <cstdint>

#include "dialect/json_walk.h"
#include "wire/base64.h"

namespace wye {
std::string pack_floats(const std::vector<double>& values) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  }
  return to_base64(bytes);
}

std::vector<double> unpack_floats(std::string_view base64) {
  const std::string bytes = from_base64(base64).value_or("");
  std::vector<double> out;
  out.reserve(bytes.size() / 4);
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    for (std::size_t b = 4; b-- > 0;) {
      word = word << 8 | static_cast<unsigned char>(bytes[at + b]);
    }
    out.push_back(std::bit_cast<float>(word));
  }
  return out;
}

void write_floats(JsonWriter& json, const Embedding& embedding) {
  json.begin_array();
  if (embedding.base64.empty()) {
    for (const double value : embedding.values) json.value(value);
  } else {
    for (const double value : unpack_floats(embedding.base64)) json.value(value);
  }
  json.end_array();
}

std::vector<double> read_floats(JsonValue& array) {
  std::vector<double> out;
  walk::elements_if(array,
                    [&](JsonValue& each) { out.push_back(walk::number_if(each).value_or(0)); });
  return out;
}

}  // namespace wye
