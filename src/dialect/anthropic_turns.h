// Anthropic turns: a conversation of another dialect in the order that Anthropic demands: system
// text apart; user and assistant in turn; the results of tools at the head of the user's turn, all
// of them in one. Internal to this room.
#pragma once

#include <vector>

#include "core/content.h"
#include "dialect/anthropic_parts.h"

namespace wye::anthropic {

struct Turn {
  bool assistant = false;
  std::vector<const Part*> parts;  // of the Content
};

struct Conversation {
  std::vector<const Part*> system;
  std::vector<Turn> turns;  // none is empty
};

// Parts that have no place in a message are left out; a conversation of nothing but system text
// becomes a user's question, for there must be one.
Conversation arrange(const Content& content, const WriteOptions& options);

}  // namespace wye::anthropic
