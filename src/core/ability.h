// Ability and Endpoint: what a request may need and what a model may offer. Sets are bit masks, so
// that "can it serve this" is one AND. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wye {

enum class Ability : std::uint8_t {
  tools,
  parallel_tools,
  json_object,
  json_schema,
  images,
  documents,
  audio_in,
  reasoning,
  logprobs,
  stream,
  seed,
  n,
  stop,
  system,
  prefill,  // goes on from an answer that the request holds the beginning of
};
inline constexpr int ability_count = static_cast<int>(Ability::prefill) + 1;

enum class Endpoint : std::uint8_t {
  chat,
  responses,
  embeddings,
  rerank,
  moderations,
  count_tokens,  // answered by the gateway itself where a provider has no such endpoint
};
inline constexpr int endpoint_count = static_cast<int>(Endpoint::count_tokens) + 1;

std::string_view to_string(Ability ability);
std::string_view to_string(Endpoint endpoint);
std::optional<Ability> ability_from(std::string_view name);
std::optional<Endpoint> endpoint_from(std::string_view name);

// A set of a small enum.
template <class Enum>
class EnumSet {
 public:
  constexpr EnumSet() = default;
  constexpr EnumSet(std::initializer_list<Enum> members) {
    for (const Enum member : members) insert(member);
  }
  constexpr void insert(Enum member) { bits_ |= bit(member); }
  constexpr void erase(Enum member) { bits_ &= ~bit(member); }
  constexpr bool has(Enum member) const { return (bits_ & bit(member)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr EnumSet minus(EnumSet other) const { return from_bits(bits_ & ~other.bits_); }
  constexpr std::uint64_t bits() const { return bits_; }
  static constexpr EnumSet from_bits(std::uint64_t bits) {
    EnumSet set;
    set.bits_ = bits;
    return set;
  }
  constexpr bool operator==(const EnumSet&) const = default;

 private:
  static constexpr std::uint64_t bit(Enum member) { return 1ULL << static_cast<unsigned>(member); }
  std::uint64_t bits_ = 0;
};

using Abilities = EnumSet<Ability>;
using Endpoints = EnumSet<Endpoint>;

}  // namespace wye
