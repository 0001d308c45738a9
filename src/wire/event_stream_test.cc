// Tests of the AWS event stream: every read boundary, every damaged byte, every kind of header.
#include "wire/event_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "wire/crc32.h"

namespace wye {
namespace {

struct Seen {
  std::string type;
  std::string data;
  bool operator==(const Seen&) const = default;
};

struct Reading {
  std::vector<Seen> events;
  std::string raw;
  std::string fault;
  bool operator==(const Reading&) const = default;
};

Reading read_all(std::string_view bytes, std::size_t portion, std::size_t limit = 1 << 20) {
  EventStreamReader reader(limit);
  Reading out;
  SseEvent event;
  const auto note = [&](const Result<bool>& more) {
    if (!more) out.fault = to_string(more.error().kind);
    if (!more || !*more) return false;
    out.events.push_back({std::string(event.type), std::string(event.data)});
    out.raw += event.raw;
    return true;
  };
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    while (note(reader.next(event))) {
    }
  }
  if (out.fault.empty()) note(reader.finish(event));
  return out;
}

std::string big_endian(std::size_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return out;
}

// A message with right checksums around whatever is given as headers.
std::string framed(std::string_view headers, std::string_view payload) {
  std::string out = big_endian(16 + headers.size() + payload.size(), 4);
  out += big_endian(headers.size(), 4);
  out += big_endian(crc32(out), 4);
  out.append(headers).append(payload);
  return out + big_endian(crc32(out), 4);
}

std::string text_header(std::string_view name, std::string_view value) {
  return std::string(1, static_cast<char>(name.size())) + std::string(name) + "\x07" +
         big_endian(value.size(), 2) + std::string(value);
}

std::string event_headers(std::string_view type) {
  return text_header(":message-type", "event") + text_header(":event-type", type);
}

TEST(Crc32, is_the_usual_one) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32("6789", crc32("12345")), 0xCBF43926u);
}

TEST(EventStream, reads_what_was_written_at_every_boundary) {
  std::string bytes;
  append_event_stream_event(bytes, "messageStart", R"({"role":"assistant"})");
  append_event_stream_event(bytes, "contentBlockDelta", "");
  append_event_stream_event(bytes, "throttlingException", R"({"message":"slow down"})");
  const Reading whole = read_all(bytes, bytes.size());
  EXPECT_EQ(whole.events,
            (std::vector<Seen>{{"messageStart", R"({"role":"assistant"})"},
                               {"contentBlockDelta", ""},
                               {"throttlingException", R"({"message":"slow down"})"}}));
  EXPECT_EQ(whole.raw, bytes);
  EXPECT_EQ(whole.fault, "");
  for (std::size_t portion = 1; portion < bytes.size(); ++portion) {
    EXPECT_EQ(read_all(bytes, portion), whole) << portion;
  }
}

TEST(EventStream, refuses_any_damaged_byte) {
  std::string bytes;
  append_event_stream_event(bytes, "messageStart", R"({"role":"assistant"})");
  const Reading whole = read_all(bytes, bytes.size());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const Reading read = read_all(damaged, damaged.size());
      EXPECT_TRUE(read.events.empty()) << at;
      EXPECT_EQ(read.fault, "invalid_output") << at;
      EXPECT_EQ(read_all(damaged, 1), read) << at;
    }
  }
}

TEST(EventStream, says_that_a_stream_was_cut) {
  std::string bytes;
  append_event_stream_event(bytes, "a", "{}");
  const std::size_t first = bytes.size();
  append_event_stream_event(bytes, "b", "{}");
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    const Reading read = read_all(std::string_view(bytes).substr(0, length), 7);
    EXPECT_EQ(read.fault, length == first ? "" : "cut") << length;
    EXPECT_EQ(read.events.size(), length < first ? 0u : 1u) << length;
  }
}

TEST(EventStream, passes_over_headers_of_every_type) {
  using namespace std::string_literals;
  const std::string others = "\1a\0"s + "\1b\1"s + "\1c\2x"s + "\1d\3xx"s + "\1e\4xxxx"s +
                             "\1f\5xxxxxxxx"s + "\1g\6\0\3xxx"s + "\1h\7\0\0"s + "\1i\10xxxxxxxx"s +
                             "\1j\11xxxxxxxxxxxxxxxx"s;
  const Reading read = read_all(framed(others + event_headers("e"), "{}"), 5);
  EXPECT_EQ(read.events, (std::vector<Seen>{{"e", "{}"}}));
}

TEST(EventStream, gives_errors_the_shape_of_exceptions) {
  const std::string headers = text_header(":message-type", "error") +
                              text_header(":error-code", "InternalFailure") +
                              text_header(":error-message", "say \"no\"");
  const Reading read = read_all(framed(headers, ""), 100);
  EXPECT_EQ(read.events,
            (std::vector<Seen>{{"InternalFailureException", R"({"message":"say \"no\""})"}}));
}

TEST(EventStream, refuses_headers_that_cannot_be_understood) {
  using namespace std::string_literals;
  const std::string good = event_headers("e");
  const std::string cases[] = {
      "",                                     // nobody says what it is
      text_header(":message-type", "event"),  // nor here
      text_header(":message-type", "news") + text_header(":event-type", "e"),
      text_header(":message-type", "exception") + text_header(":event-type", "e"),
      good + text_header(":event-type", "f"),                     // twice
      good + "\1x\12",                                            // no such type
      good + "\1x\4\0\0\0"s,                                      // a number cut short
      good + "\1x\7\0\5abc"s,                                     // a string cut short
      good + "\1x\7\0"s,                                          // its length cut short
      good + "\1x\7\x80\0"s + std::string(0x8000, 'x'),           // longer than a value may be
      good + "\0\7\0\1x"s,                                        // no name
      good + "\5ab",                                              // a name cut short
      good + std::string("\x80") + std::string(128, 'n') + "\1",  // longer than a name may be
      text_header(":message-type", "event") + "\13:event-type\4\0\0\0\1"s,  // a number for a name
  };
  for (const std::string& headers : cases) {
    const Reading read = read_all(framed(headers, "{}"), 1 << 20);
    EXPECT_TRUE(read.events.empty()) << headers;
    EXPECT_EQ(read.fault, "invalid_output") << headers;
  }
}

TEST(EventStream, refuses_lengths_that_contradict_each_other) {
  for (const auto& [total, headers] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 0}, {15, 0}, {16, 1}, {40, 25}}) {
    std::string bytes = big_endian(total, 4) + big_endian(headers, 4);
    bytes += big_endian(crc32(bytes), 4);
    EXPECT_EQ(read_all(bytes, bytes.size()).fault, "invalid_output") << total;
  }
}

TEST(EventStream, keeps_to_its_limits_without_waiting) {
  const std::string small = framed(event_headers("e"), std::string(100, 'x'));
  EXPECT_EQ(read_all(small, 9, small.size()).events.size(), 1u);
  EXPECT_EQ(read_all(small, 9, small.size() - 1).fault, "invalid_output");
  // Only the prelude is there: it is enough.
  EventStreamReader reader(1000);
  std::string prelude = big_endian(100 << 20, 4) + big_endian(0, 4);
  prelude += big_endian(crc32(prelude), 4);
  reader.feed(prelude);
  SseEvent event;
  EXPECT_FALSE(reader.next(event).has_value());
  EXPECT_FALSE(reader.next(event).has_value());
  EXPECT_FALSE(reader.finish(event).has_value());
  std::string headers = event_headers("e");
  for (int i = 0; headers.size() <= event_stream_headers_bytes_max; ++i) {
    headers += text_header("h" + std::to_string(i), std::string(30000, 'x'));
  }
  EXPECT_EQ(read_all(framed(headers, ""), 1 << 20).fault, "invalid_output");
}

}  // namespace
}  // namespace wye
