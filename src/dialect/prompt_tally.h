// Prompt tally: what the facts of any request are made of: how many tokens its prompt may have, and
// by what its conversation is recognised. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/fault.h"
#include "core/ask_facts.h"
#include "core/content.h"
#include "wire/token_estimate.h"

namespace wye {

// Faults of the JSON itself and of plain types come from the wire without a code.
Fault with_code(Fault fault);

class PromptTally {
 public:
  // A text of the message that is being read, as it stands in the body, without its quotes.
  void text(std::string_view escaped);
  void bytes(std::size_t count) { bytes_ += count; }
  void add(Ability need, std::int64_t tokens);
  // The message is over; the role may have come last in it.
  void end_message(Role role);
  // Adds all to the facts.
  void settle(AskFacts& facts) const;

 private:
  Abilities needs_;
  std::size_t bytes_ = 0;
  std::int64_t tokens_ = 0;
  std::uint64_t message_hash_ = 0;
  std::uint64_t prefix_hash_ = 0;
  bool prefix_done_ = false;  // instructions and the first words of the user were seen
};

}  // namespace wye
