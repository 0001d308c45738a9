// Gemini calls: gives every call and every answer of a tool the id that other dialects need, where
// Gemini's clients left it out; and brings thoughts that were streamed in pieces back together.
// Internal to this room.
#pragma once

#include <vector>

#include "core/content.h"

namespace wye::gemini {

// Answers are matched to calls by id, else by name and order. The ids are the same whenever the
// same conversation is read, so that a provider's prompt cache holds.
void match_calls(std::vector<Message>& messages);

// A client got a foreign thought piece by piece, with its signature at the end, and gives it back
// that way. Whoever made it wants it whole.
void join_thoughts(std::vector<Message>& messages);

}  // namespace wye::gemini
