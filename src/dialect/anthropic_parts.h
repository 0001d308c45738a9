// Anthropic parts: the hub's messages and parts from Anthropic's content blocks and back, shared by
// requests and answers. Internal to this room.
//
// Words of `form` used here, several separated by spaces:
//   message: top (the system member), parts (content is a list)
//   tool result: parts, absent, error (is_error was given)
//   thinking: unsigned (there was no signature member)
//   tool: custom (its type was given)
// Extra members of an object within are named by both, with take::within between.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"
#include "dialect/take.h"

namespace wye::anthropic {

using take::add_word;
using take::has_extra;
using take::has_word;
using take::keep_in;
using take::write_extra;

inline constexpr std::string_view own_name = "anthropic";  // as a signature's maker

// A model that knows no output format is made to call this tool, and its arguments are the answer.
// Whoever reads the provider's answer turns the call back into text.
inline constexpr std::string_view answer_tool = "wye_json_answer";

// Puts {"type": "ephemeral", ...} into `out`; false when it is anything else.
bool take_cache(walk::Member& member, std::optional<CacheControl>& out);

Message read_message(JsonValue& value);
// A string is one text, an array is blocks; false when the value is neither.
bool read_blocks(JsonValue& value, std::vector<Part>& parts, std::string& form);
Part read_block(JsonValue& value);

// To whom a block is written. A provider gets only the signatures that it made itself; a client
// carries everybody's.
enum class Receiver : unsigned char {
  client,
  provider
};
struct WriteOptions {
  bool own = true;  // the content was read from this dialect
  Receiver to = Receiver::provider;
};
// Whether the part has a place in a message at all.
bool is_writable(const Part& part, const WriteOptions& options);
void write_block(JsonWriter& json, const Part& part, const WriteOptions& options);
void write_cache(JsonWriter& json, const CacheControl& cache);

// The signature under which a client carries a thought that nobody signed. Anthropic would refuse
// the thought, should the conversation go on there, and by this mark it is known and left out.
std::string mark_of_unsigned();

// A call's arguments as the object that the API demands: what is no object is put into one.
std::string object_of(std::string_view arguments);

}  // namespace wye::anthropic
