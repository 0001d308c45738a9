#include "wire/json_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace wye {
namespace {

struct Lines {
  std::vector<std::string> data;
  std::string raw;
  bool refused = false;
  bool operator==(const Lines&) const = default;
};

void take(const SseEvent& event, Lines& lines) {
  EXPECT_TRUE(event.type.empty());
  EXPECT_FALSE(event.comment_only);
  lines.data.emplace_back(event.data);
  lines.raw += event.raw;
}

Lines read_all(std::string_view bytes, std::size_t portion, std::size_t limit = 1 << 20) {
  JsonLinesReader reader(limit);
  Lines lines;
  SseEvent event;
  while (!bytes.empty() && !lines.refused) {
    reader.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    while (true) {
      const auto more = reader.next(event);
      lines.refused = !more;
      if (!more || !*more) break;
      take(event, lines);
    }
  }
  const auto last = reader.finish(event);
  if (!last) lines.refused = true;
  if (last && *last) take(event, lines);
  EXPECT_TRUE(lines.refused || reader.held() == 0);
  return lines;
}

struct Case {
  const char* name;
  std::string bytes;
  std::vector<std::string> data;
};

const Case cases[] = {
    {"one line", "{\"a\":1}\n", {"{\"a\":1}"}},
    {"several", "{}\n[]\n7\n", {"{}", "[]", "7"}},
    {"carriage returns", "{\"a\":1}\r\n{\"b\":2}\r\n", {"{\"a\":1}", "{\"b\":2}"}},
    {"blank lines", "\n\n{}\n\r\n \t\n{}\n\n", {"{}", "{}"}},
    {"no last line end", "{}\n{\"done\":true}", {"{}", "{\"done\":true}"}},
    {"no last line end but its half", "{}\n{\"done\":true}\r", {"{}", "{\"done\":true}"}},
    {"space around", "  {} \n", {"{}"}},
    {"byte order mark", "\xef\xbb\xbf{}\n", {"{}"}},
    {"half a byte order mark is data", "\xef\xbb{}\n", {"\xef\xbb{}"}},
    {"not JSON", "oops\n{}\n", {"oops", "{}"}},
    {"nothing", "", {}},
    {"only blank", "\n \r\n", {}},
};

TEST(JsonLines, lines_come_out_whatever_the_read_boundaries) {
  for (const Case& each : cases) {
    for (std::size_t portion = 1; portion <= each.bytes.size() + 1; ++portion) {
      const Lines lines = read_all(each.bytes, portion);
      EXPECT_EQ(lines.data, each.data) << each.name << " by " << portion;
      EXPECT_FALSE(lines.refused);
    }
  }
}

TEST(JsonLines, raw_keeps_the_bytes_of_the_line_and_its_end) {
  EXPECT_EQ(read_all("{\"a\":1}\r\n{}\n", 3).raw, "{\"a\":1}\r\n{}\n");
  EXPECT_EQ(read_all("{}", 1).raw, "{}");
}

TEST(JsonLines, a_line_over_the_limit_is_refused_again_and_again) {
  JsonLinesReader reader(8);
  SseEvent event;
  reader.feed("12345678\n123456789");
  EXPECT_TRUE(*reader.next(event));
  EXPECT_EQ(event.data, "12345678");
  for (int i = 0; i < 3; ++i) {
    const auto more = reader.next(event);
    ASSERT_FALSE(more.has_value());
    EXPECT_EQ(more.error().kind, FaultKind::invalid_output);
  }
  EXPECT_FALSE(reader.finish(event).has_value());
}

TEST(JsonLines, a_long_line_is_refused_before_it_ended) {
  EXPECT_TRUE(read_all(std::string(100, 'x'), 1, 50).refused);
  EXPECT_FALSE(read_all(std::string(50, 'x') + "\n", 1, 50).refused);
}

TEST(JsonLines, what_is_held_is_told) {
  JsonLinesReader reader(100);
  SseEvent event;
  reader.feed("{}\n{\"a");
  EXPECT_TRUE(*reader.next(event));
  EXPECT_FALSE(*reader.next(event));
  EXPECT_EQ(reader.held(), 3U);
}

TEST(JsonLines, many_lines_need_little_memory) {
  JsonLinesReader reader(1000);
  SseEvent event;
  const std::string line = "{\"text\":\"" + std::string(80, 'x') + "\"}\n";
  std::size_t count = 0;
  for (int i = 0; i < 10000; ++i) {
    reader.feed(line);
    while (*reader.next(event)) ++count;
    ASSERT_LE(reader.held(), line.size());
  }
  EXPECT_EQ(count, 10000U);
}

}  // namespace
}  // namespace wye
