// Gemini parts: the hub's parts from Gemini's JSON and back, shared by requests and answers.
// Internal to this room.
//
// Words of `form`: no_id (a call or its answer had none, ours is invented), no_args, no_text and
// no_thought (a signature alone). Extra members of an object within a part are named by both, with
// take::within between; the answer of a tool keeps its object there, as it came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye::gemini {

// Who wrote what is read: the two sign differently.
enum class From : std::uint8_t {
  client,
  provider
};

Part read_part(JsonValue& value, From from);
// The body of inlineData or fileData; picture, sound or document by its type.
PartBody media_body(Media media);

// "data" and "mimeType", or "fileUri" and "mimeType", as the right member of a part.
void write_media(JsonWriter& json, const Media& media, const Extra& extra);
// The media of a part, or null.
const Media* media_of(const Part& part);
// The type of what a part carries, told by its address or by what it is if nobody said.
std::string media_type_of(const Part& part);

// The arguments of a call are an object here; a text that is none is put into one.
void write_arguments(JsonWriter& json, JsonReader& reader, std::string_view arguments);

}  // namespace wye::gemini
