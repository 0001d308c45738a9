// Cohere parts: the hub's messages and parts from Cohere's JSON and back, shared by requests and
// answers. Internal to this room.
//
// Words of `form` used here:
//   message: parts (content is a list), null, absent
//   reasoning: tool_plan (it stood in that member)
//   document: documents (it stood in the request's member of that name)
// A document's own JSON is kept in its extra, under "document".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/content.h"
#include "dialect/json_walk.h"
#include "dialect/writing.h"

namespace wye::cohere {

Message read_message(JsonValue& value);
std::vector<Part> read_parts(JsonValue& list);
// An element of `documents`, or the inside of a document part: a text, or {"id", "data"}.
Part read_document(JsonValue& value);

struct WriteOptions {
  bool own = true;       // the content was read from this dialect
  bool thinking = true;  // the receiver understands thoughts in the conversation
};
// A message without its braces, role and ids of tools included. What Cohere has no place for is a
// fault, or named in `dropped`. Documents of the request are left to the caller.
Result<void> write_turn(JsonWriter& json, const Turn& turn, const WriteOptions& options,
                        std::vector<std::string>& dropped);
// An element of a content list; nothing is written for what has no place.
Result<void> write_part(JsonWriter& json, const Part& part, const WriteOptions& options,
                        std::vector<std::string>& dropped);
// One that the request names in its member `documents`.
bool is_request_document(const Part& part, bool own);
void write_document(JsonWriter& json, const Part& part);

}  // namespace wye::cohere
