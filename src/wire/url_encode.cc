#include "wire/url_encode.h"

#include "base/text.h"

namespace wye {

std::string url_encode(std::string_view text, std::string_view kept) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain =
        is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

}  // namespace wye
