#include "wire/json_text.h"

#include <simdjson.h>

#include "wire/scan.h"

namespace wye {

// Most texts are ASCII, which is found out sooner.
bool is_utf8(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (scan::find<scan::HighBit>(text.data(), end) == end) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

bool is_plain_json_text(std::string_view text) {
  const char* const end = text.data() + text.size();
  return scan::find<scan::JsonSpecial>(text.data(), end) == end && is_utf8(text);
}

}  // namespace wye
