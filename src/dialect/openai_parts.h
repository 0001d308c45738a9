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
// Extra members of an object within a part are named by both, with nested_mark between.
#pragma once

#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye::openai {

// No key of anybody's has it.
inline constexpr char nested_mark = '\x1f';

bool has_word(std::string_view form, std::string_view word);
void add_word(std::string& form, std::string_view word);

// A message of a request or an answer; `role` is read by the caller.
Message read_message(JsonValue& value);
// Keeps a member of an object within.
void keep_in(Extra& extra, std::string_view object, walk::Member& member);
// Puts a text member into `out`; false when it is no text.
bool take_text(walk::Member& member, std::string& out);

// Writes the members of a message, without its braces. Parts of other dialects that OpenAI has no
// place for are left out; `extra` is only written when `own`, that is when OpenAI's form was read.
struct WriteOptions {
  bool own = true;            // the content was read from this dialect
  bool cache_control = true;  // the receiver knows cache_control
  bool reasoning = true;      // thoughts are wanted; providers refuse those of others
  bool to_client = false;     // who carries signatures of others in the ids of tool calls
};
void write_message(JsonWriter& json, const Message& message, const WriteOptions& options);
void write_extra(JsonWriter& json, const Extra& extra);
// The extra members of one object within.
void write_extra(JsonWriter& json, const Extra& extra, std::string_view object);
bool has_extra(const Extra& extra, std::string_view object);

// One part of a content list.
Part read_part(JsonValue& value);
void write_part(JsonWriter& json, const Part& part, const WriteOptions& options);

// "data:image/png;base64,AAAA" taken apart; other addresses are kept whole.
void set_url(Media& media, std::string_view url);
std::string url_of(const Media& media);

}  // namespace wye::openai
