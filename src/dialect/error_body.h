// Error body: what a provider's error says, whatever its shape. There is no standard: objects, flat
// members, arrays, JSON in strings in JSON, HTML, and nothing at all are all seen. Internal to this
// room, for every dialect.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json.h"

namespace wye {

// Longer messages of providers are cut; some carry the whole prompt back.
inline constexpr std::size_t error_message_bytes_max = 2048;

struct ErrorBody {
  std::string message;             // as the provider wrote it, bounded, secrets masked
  std::vector<std::string> words;  // codes, types and reasons, lower case, most specific first
  std::string code;                // the first that is a word and no number
  std::string param;
  int status = 0;             // an HTTP status given within the body, 0: none
  std::int64_t wait_ms = -1;  // how long to wait, if the body says
  bool found = false;         // the text had the shape of an error at all
};

// Reads the body of an answer.
ErrorBody read_error_body(JsonReader& reader, std::string& body);
// Reads a value that stands where an error stands: {"error": value}. An object or a text.
ErrorBody read_error_value(JsonValue& value);

}  // namespace wye
