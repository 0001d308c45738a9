// Fuzzes the cutting and counting of text: the pieces are the text, none is empty, and what is
// counted is what is encoded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/token_count.h"

namespace {

using namespace wye;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_encoding(Encoding encoding, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(encoding, text, at);
    require(end > at && end <= text.size());
    at = end;
  }
  const TokenCount count = count_tokens(encoding, text);
  require(count.tokens >= 0 && count.tokens <= static_cast<std::int64_t>(text.size()));
  if (!count.exact) return;
  const auto tokens = encode_tokens(encoding, text);
  require(count.tokens == static_cast<std::int64_t>(tokens.size()));
  for (const std::uint32_t token : tokens) require(token < 200'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_encoding(Encoding::o200k_base, text);
  try_encoding(Encoding::cl100k_base, text);
  return 0;
}
