// OpenAI habits: what is rewritten for a provider of the family that departs from OpenAI. Internal
// to this room.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"
#include "core/deployment.h"
#include "dialect/reserved.h"

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

// Whether the provider keeps the chats of some accounts unless a body says that it shall not.
bool keeps_unasked(const Provider& provider);

}  // namespace wye::openai
