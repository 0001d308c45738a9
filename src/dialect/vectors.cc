// Vectors. Pure.
#include "dialect/vectors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "dialect/json_walk.h"

namespace wye {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<signed char, 256> values_of_digits() {
  std::array<signed char, 256> out{};
  for (signed char& each : out) each = -1;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    out[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? digits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

std::string from_base64(std::string_view base64) {
  static constexpr auto value_of = values_of_digits();
  std::string out;
  out.reserve(base64.size() / 4 * 3);
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : base64) {
    const int value = value_of[static_cast<unsigned char>(c)];
    if (value < 0) break;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xff);
  }
  return out;
}

}  // namespace

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
  const std::string bytes = from_base64(base64);
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
