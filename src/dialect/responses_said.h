// Responses said: what a response object, or an item of it, carries; lengths only, nothing is
// unescaped. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/fault.h"
#include "core/outcome.h"
#include "dialect/responses_usage.h"
#include "wire/json.h"

namespace wye::responses {

struct Said {
  bool content = false;    // text, thoughts, a call, a refusal: anything that was made
  std::int64_t bytes = 0;  // of text and arguments, as escaped
  bool calls_tool = false;
  bool any_item = false;
};

// One output item.
void read_item_facts(JsonValue& item, Said& said);

// A whole response object.
struct ResponseFacts {
  Said said;
  Ending ending;
  Usage usage;
  std::string_view model;  // view into the document
  bool has_output = false;
  std::optional<Fault> fault;

  void read(JsonValue& response, bool output_excludes_reasoning);
  void read_member(std::string_view key, JsonValue& value, bool output_excludes_reasoning);
};

}  // namespace wye::responses
