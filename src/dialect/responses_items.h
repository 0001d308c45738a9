// Responses items: the elements of a request's `input` and of an answer's `output`, which have the
// same shapes, as messages and parts of the hub and back. Internal to this room.
//
// What follows each other and is the model's (thoughts, text, calls) becomes one message, because
// other dialects demand it. Words of `form` used here:
//   part, first of a message item: item; and, as for a message: typed (it said type: message), list
//   (content was a list, not a text)
//   text part: its type when that is not the usual one of its role
//   message: input (it was the bare text of `input`), instructions
// Members of an item stand in the extra of its message; those of an assistant's in the extra of the
// item's first part, named by "item", with take::within between. A reasoning part's extra holds the
// whole item but for its ciphertext.
#pragma once

#include <string_view>
#include <vector>

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye::responses {

// Between the pieces of a summary, which are one thought for the hub.
inline constexpr std::string_view paragraph_end = "\n\n";

// Appends what an item says to `messages`.
void read_item(JsonValue& value, std::vector<Message>& messages);

// Writes the message as one item or more into an open array. `own`: it was read by read_item.
void write_items(JsonWriter& json, const Message& message, bool own);

}  // namespace wye::responses
