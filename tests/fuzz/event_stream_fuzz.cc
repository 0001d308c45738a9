// Fuzzes the reader of AWS event streams: it hands over whole messages and nothing else, and the
// same however the bytes are cut. The first byte of the input is the size of the reads; the second
// says whether the rest is a stream as it is, or the headers and payloads of messages whose
// checksums are put right, because chance does not find a checksum.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/crc32.h"
#include "wire/event_stream.h"

namespace {

using namespace wye;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Reading {
  std::vector<std::string> events;
  std::string raw;
  std::string fault;
  bool operator==(const Reading&) const = default;
};

bool note(const Result<bool>& more, const SseEvent& event, Reading& out) {
  if (!more) out.fault = more.error().message;
  if (!more || !*more) return false;
  require(!event.comment_only && event.raw.size() >= 16);
  out.events.push_back(std::string(event.type) + "\n" + std::string(event.data));
  out.raw += event.raw;
  return true;
}

Reading read_by(std::string_view bytes, std::size_t portion, std::size_t limit) {
  EventStreamReader reader(limit);
  Reading out;
  SseEvent event;
  while (!bytes.empty() && out.fault.empty()) {
    reader.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    while (note(reader.next(event), event, out)) {
    }
    require(!out.fault.empty() || reader.held() <= limit + portion);
  }
  if (!out.fault.empty()) {
    require(!reader.next(event).has_value());  // a broken stream stays broken
  } else {
    note(reader.finish(event), event, out);
  }
  return out;
}

void append_number(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// A length byte, as many bytes of headers, a length byte and as many of payload; again.
std::string framed(std::string_view bytes) {
  std::string out;
  const auto take = [&] {
    if (bytes.empty()) return std::string_view();
    const std::size_t length =
        std::min<std::size_t>(static_cast<unsigned char>(bytes[0]), bytes.size() - 1);
    const std::string_view taken = bytes.substr(1, length);
    bytes.remove_prefix(1 + length);
    return taken;
  };
  while (!bytes.empty()) {
    const std::string_view headers = take(), payload = take();
    std::string message;
    append_number(message, 16 + headers.size() + payload.size());
    append_number(message, headers.size());
    append_number(message, crc32(message));
    message.append(headers).append(payload);
    append_number(message, crc32(message));
    out += message;
  }
  return out;
}

// What is written is read back.
void check_writer(std::string_view type, std::string_view payload) {
  std::string out;
  append_event_stream_event(out, type, payload);
  const Reading read = read_by(out, out.size(), 1 << 20);
  require(read.fault.empty() && read.raw == out && read.events.size() == 1);
  require(read.events[0] == std::string(type) + "\n" + std::string(payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t portion = 1 + data[0] % 64;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string bytes = data[1] % 4 == 0 ? std::string(rest) : framed(rest);
  for (const std::size_t limit : {std::size_t{1} << 20, std::size_t{64}}) {
    const Reading whole = read_by(bytes, std::max<std::size_t>(bytes.size(), 1), limit);
    require(read_by(bytes, portion, limit) == whole);
    require(read_by(bytes, 1, limit) == whole);
    require(bytes.starts_with(whole.raw));
    require(!whole.fault.empty() || whole.raw.size() == bytes.size());
  }
  if (rest.size() < 30000) check_writer(rest.substr(0, rest.size() / 2), rest);
  return 0;
}
