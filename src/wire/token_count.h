// TokenCount: exact counts of tokens for the vocabularies that are published, and which of them a
// model uses. For answers to "how many tokens is this" and for what lies near a limit; too dear for
// every request (5 ns a byte of English, 35 of Chinese, up to 160 of
// text that was made to be slow), where estimates do.
//
// Pure, any thread. The vocabularies are part of the binary and cost nothing until they are used.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "wire/pretokenize.h"

namespace wye {

std::string_view to_string(Encoding encoding);

// By the model's name as providers spell it, a vendor before it ("openai/…") or not. The vendors
// that do not publish theirs are nearest to o200k_base, and so is any unknown name.
Encoding encoding_of(std::string_view model);

struct TokenCount {
  std::int64_t tokens = 0;
  bool exact = false;  // false: the build had no vocabularies, and it is a token for four bytes
};

// Of text alone: what a provider adds for roles, tools and images is its own.
TokenCount count_tokens(Encoding encoding, std::string_view text);

// The numbers of the tokens; empty where the build had no vocabularies.
std::vector<std::uint32_t> encode_tokens(Encoding encoding, std::string_view text);

// The table of an encoding (see rank_table.h), made and embedded by the build; "" when it could not
// be had.
std::string_view embedded_ranks(Encoding encoding);

}  // namespace wye
