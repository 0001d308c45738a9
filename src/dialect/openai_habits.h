// OpenAI habits: what is rewritten for a provider of the family that departs from OpenAI. Internal
// to this room.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"
#include "core/deployment.h"

namespace wye::openai {

// An id of so many letters and digits: itself when it is one, else one made of it, always the same.
// A length of 0 takes any.
std::string fitting_id(std::string_view id, std::int64_t length);

// Whether the provider takes the message as it is; if not, the message as it does.
bool fits(const Message& message, const ChatHabits& habits);
Message fitted(Message message, const ChatHabits& habits);

// The nearest level that the provider knows: none stays none where it can, anything else is at
// least something.
std::string_view fitting_effort(std::string_view effort, const ChatHabits& habits);

// Whether the provider sends requests on to others, which a member of a body may choose.
bool sends_on(const Provider& provider);
// Whether a body's member chooses who serves it, or sends it to somebody else besides.
bool is_destination(std::string_view member);

}  // namespace wye::openai
