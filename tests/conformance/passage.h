// Passage: recorded answers of a provider on their way to a client, through the code that serves
// requests (gateway/stream_relay.h and the dialects), and read back as that client reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "conformance/folded.h"
#include "core/ask.h"
#include "dialect/dialect.h"

namespace wye::conformance {

// How a recorded stream is cut into reads.
enum class Cuts : std::uint8_t {
  none,      // one read
  recorded,  // as the recorder read it
  bytes,     // one byte at a time
  random
};

struct Recording {
  DialectId dialect = DialectId::openai;
  Provider provider;
  std::string body;
  std::vector<std::size_t> reads;
  bool stream = false;
};

// A client of this dialect that asks for everything.
Ask asking(DialectId client, bool stream);

// What the provider said, read in its own dialect.
Result<Folded> said(const Recording& recording);
// What the client gets, in bytes.
Result<std::string> passed(const Recording& recording, const Ask& client, Cuts cuts,
                           std::uint64_t seed);
// What the client reads.
Result<Folded> heard(const Ask& client, std::string bytes);

}  // namespace wye::conformance
