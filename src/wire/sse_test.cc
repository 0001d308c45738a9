#include "wire/sse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace wye {
namespace {

struct Seen {
  std::string type;
  std::string data;
  bool comment_only;
  bool operator==(const Seen&) const = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << "{" << seen.type << "|" << seen.data << (seen.comment_only ? "|comment}" : "}");
}

struct Stream {
  std::vector<Seen> events;
  std::string raw;
  bool refused = false;
};

void drain(SseReader& reader, Stream& stream) {
  SseEvent event;
  while (true) {
    const auto more = reader.next(event);
    if (!more) stream.refused = true;
    if (!more || !*more) return;
    stream.raw += event.raw;
    stream.events.push_back({std::string(event.type), std::string(event.data), event.comment_only});
  }
}

Stream read_all(std::string_view bytes, std::size_t portion, std::size_t limit = 1 << 20) {
  SseReader reader(limit);
  Stream stream;
  while (!bytes.empty() && !stream.refused) {
    reader.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    drain(reader, stream);
  }
  SseEvent event;
  const auto last = reader.finish(event);
  if (last && *last) {
    stream.raw += event.raw;
    stream.events.push_back({std::string(event.type), std::string(event.data), event.comment_only});
  }
  return stream;
}

struct SseCase {
  const char* name;
  std::string bytes;
  std::vector<Seen> events;
};

const SseCase streams[] = {
    {"openai",
     "data: {\"a\":1}\n\ndata: [DONE]\n\n",
     {{"", "{\"a\":1}", false}, {"", "[DONE]", false}}},
    {"anthropic", "event: ping\ndata: {}\n\n", {{"ping", "{}", false}}},
    {"gemini", "data: {}\r\n\r\ndata: x\r\n\r\n", {{"", "{}", false}, {"", "x", false}}},
    {"carriage returns", "data: a\r\rdata: b\r\r", {{"", "a", false}, {"", "b", false}}},
    {"mixed line ends",
     "event: e\rdata: a\r\n\ndata: b\n\r\n",
     {{"e", "a", false}, {"", "b", false}}},
    {"CR then CRLF", "data: a\r\r\ndata: b\r\r\n", {{"", "a", false}, {"", "b", false}}},
    {"LF then CR", "data: a\n\rdata: b\n\n", {{"", "a", false}, {"", "b", false}}},
    {"comment", ": OPENROUTER PROCESSING\n\ndata: a\n\n", {{"", "", true}, {"", "a", false}}},
    {"comment beside data", ":x\ndata: a\n:y\n\n", {{"", "a", false}}},
    {"several data lines", "data: a\ndata:\ndata:  b\ndata\n\n", {{"", "a\n\n b\n", false}}},
    {"no space", "data:a\nevent:b\n\n", {{"b", "a", false}}},
    {"byte order mark",
     "\xef\xbb\xbf"
     "data: a\n\n",
     {{"", "a", false}}},
    {"blank lines between",
     "\n\n\r\ndata: a\n\n\n\n\r\n\rdata: b\n\n",
     {{"", "a", false}, {"", "b", false}}},
    {"other fields", "id: 7\nretry: 10\ndata: a\n\n", {{"", "a", false}}},
    {"only an id", "id: 7\n\n", {{"", "", true}}},
    {"similar names", "dataX: a\nevents: b\nDATA: c\n data: d\n\n", {{"", "", true}}},
    {"empty data", "data:\n\n", {{"", "", false}}},
    {"bare data", "data\n\n", {{"", "", false}}},
    {"event without data", "event: ping\n\n", {{"ping", "", false}}},
    {"last event field counts", "event: a\nevent: b\ndata: c\n\n", {{"b", "c", false}}},
    {"no blank line at the end",
     "data: a\n\ndata: [DONE]\n",
     {{"", "a", false}, {"", "[DONE]", false}}},
    {"no line end at the end",
     "data: a\n\ndata: [DONE]",
     {{"", "a", false}, {"", "[DONE]", false}}},
    {"half a CRLF at the end", "data: a\r\n\r", {{"", "a", false}}},
    {"CR at the end", "data: a\r", {{"", "a", false}}},
    {"only blank lines", "\n\r\n\r", {}},
    {"nothing", "", {}},
    {"half a byte order mark", "\xef\xbb", {{"", "", true}}},
    {"bytes in data",
     std::string("data: \x01\0\xff\n\n", 11),
     {{"", std::string("\x01\0\xff", 3), false}}},
};

TEST(SseCorpus, GivesTheSameEventsWhateverTheReads) {
  for (const SseCase& each : streams) {
    for (std::size_t portion = 1; portion <= each.bytes.size() + 1; ++portion) {
      const Stream stream = read_all(each.bytes, portion);
      EXPECT_EQ(stream.events, each.events) << each.name << " by " << portion;
      EXPECT_FALSE(stream.refused) << each.name;
    }
  }
}

TEST(SseReader, RawEventsMakeTheStreamAgain) {
  const std::string bytes = "event: a\ndata: 1\n\n:c\r\n\r\ndata: 2\r\rdata: 3\n\n";
  for (std::size_t portion = 1; portion <= bytes.size(); ++portion)
    EXPECT_EQ(read_all(bytes, portion).raw, bytes) << portion;
}

TEST(SseReader, RawIsTheEventWithItsBlankLine) {
  SseReader reader(100);
  reader.feed("\n\ndata: a\r\n\r\ndata");
  SseEvent event;
  ASSERT_TRUE(reader.next(event).value());
  EXPECT_EQ(event.raw, "data: a\r\n\r\n");
  EXPECT_FALSE(reader.next(event).value());
  EXPECT_EQ(reader.held(), 4u);
}

TEST(SseReader, EventOverTheLimitIsAFault) {
  const std::string event = "data: 0123456789\n\n";
  for (const std::size_t portion : {std::size_t{1}, std::size_t{5}, event.size()}) {
    EXPECT_FALSE(read_all(event + event, portion, event.size()).refused);
    EXPECT_TRUE(read_all(event, portion, event.size() - 1).refused);
  }
  SseReader reader(10);
  SseEvent out;
  reader.feed("data: and no end");
  EXPECT_EQ(reader.next(out).error().kind, FaultKind::invalid_output);
  EXPECT_FALSE(reader.next(out));
  EXPECT_FALSE(reader.finish(out));
}

TEST(SseReader, LongStreamOfSmallEventsHoldsLittle) {
  SseReader reader(1000);
  SseEvent event;
  std::size_t count = 0;
  for (int i = 0; i < 10000; ++i) {
    reader.feed("data: abc\n\ndata: d");
    while (reader.next(event).value()) ++count;
    reader.feed("ef\n\n");
    while (reader.next(event).value()) ++count;
    EXPECT_EQ(reader.held(), 0u);
  }
  EXPECT_EQ(count, 20000u);
}

TEST(SseReader, NothingIsLeftAfterFinish) {
  SseReader reader(100);
  SseEvent event;
  reader.feed("data: a");
  EXPECT_TRUE(reader.finish(event).value());
  EXPECT_EQ(event.raw, "data: a");
  EXPECT_FALSE(reader.finish(event).value());
  EXPECT_FALSE(reader.next(event).value());
}

}  // namespace
}  // namespace wye
