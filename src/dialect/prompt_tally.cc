// Prompt tally. Pure.
#include "dialect/prompt_tally.h"

#include <algorithm>

#include "base/hash.h"
#include "wire/token_estimate.h"

namespace wye {
namespace {

// Of each message this many bytes are hashed: enough to tell prompts apart.
constexpr std::size_t prefix_bytes_max = 512;

}  // namespace

Fault with_code(Fault fault) {
  if (fault.kind != FaultKind::bad_request || !fault.code.empty()) return fault;
  fault.code = fault.param.empty() ? "invalid_json" : "invalid_type";
  return fault;
}

void PromptTally::text(std::string_view escaped) {
  bytes_ += escaped.size();
  if (!prefix_done_) message_hash_ = hash64(escaped.substr(0, prefix_bytes_max), message_hash_);
}

void PromptTally::add(Ability need, std::int64_t tokens) {
  needs_.insert(need);
  tokens_ += tokens;
}

void PromptTally::end_message(Role role) {
  tokens_ += tokens_a_message;
  if (!prefix_done_ && role != Role::tool) {
    const auto salt = static_cast<std::uint64_t>(role) + 1;
    prefix_hash_ = std::max<std::uint64_t>(mix64(prefix_hash_ ^ message_hash_ ^ salt), 1);
    prefix_done_ = role == Role::user;
  }
  message_hash_ = 0;
}

void PromptTally::settle(AskFacts& facts) const {
  facts.needs = Abilities::from_bits(facts.needs.bits() | needs_.bits());
  facts.input_tokens += tokens_ + tokens_a_request + tokens_of_bytes(bytes_);
  facts.prefix_hash = prefix_hash_;
}

}  // namespace wye
