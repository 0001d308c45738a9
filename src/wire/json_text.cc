#include "wire/json_text.h"

#include <simdjson.h>

#include "wire/scan.h"

namespace wye {

bool is_plain_json_text(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (scan::find<scan::JsonSpecial>(text.data(), end) != end) return false;
  if (scan::find<scan::HighBit>(text.data(), end) == end) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace wye
