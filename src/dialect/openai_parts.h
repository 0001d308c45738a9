// OpenAI parts: the hub's messages and parts from OpenAI's JSON and back, shared by requests and
// answers. Internal to this room.
//
// Words of `form` used here, several separated by spaces:
//   message: parts (content is a list), null, absent; function (the old role)
//   tool call: untyped, object (arguments are no string), no_arguments, function_call (the old
//   member) tool call or unknown part: tool_calls (it stood in that member) reasoning: the member
//   that carried it; thinking (a part of Mistral's); detail (OpenRouter) media: bare (a string
//   where an object is usual), document_url refusal: refusal (it stood in that member, not in a
//   content list)
// Extra members of an object within a part are named by both, with take::within between.
#pragma once

#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"
#include "dialect/take.h"

namespace wye::openai {

using take::add_word;
using take::has_extra;
using take::has_word;
using take::keep_in;
using take::write_extra;

// A message of a request or an answer; `role` is read by the caller.
Message read_message(JsonValue& value);

// Writes the members of a message, without its braces. Parts of other dialects that OpenAI has no
// place for are left out; `extra` is only written when `own`, that is when OpenAI's form was read.
struct WriteOptions {
  bool own = true;            // the content was read from this dialect
  bool cache_control = true;  // the receiver knows cache_control
  bool reasoning = true;      // thoughts are wanted; providers refuse those of others
  bool to_client = false;     // who carries signatures of others in the ids of tool calls
};
void write_message(JsonWriter& json, const Message& message, const WriteOptions& options);

// What the maker of a text wants back with it (Gemini), for clients that keep the members of a
// message which they do not know: {"type": "reasoning.encrypted", "data": "wye1.MAKER.DATA",
// "format": ...}, an element of `reasoning_details`. read_message() gives it back to the text.
inline constexpr std::string_view carried_format = "wye.text";
void write_carried(JsonWriter& json, const Signature& signature);

// One part of a content list.
Part read_part(JsonValue& value);
void write_part(JsonWriter& json, const Part& part, const WriteOptions& options);

}  // namespace wye::openai
