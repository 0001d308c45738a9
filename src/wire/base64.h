// Base64: bytes as text and back. Writes the standard alphabet with padding; reads the URL-safe one
// too, and text without padding, because clients re-encode what they carry. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wye {

std::string to_base64(std::string_view bytes);
// Nothing when the text is no base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace wye
