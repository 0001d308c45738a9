#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/http1.h"

namespace wye {
namespace {

using namespace std::string_literals;

struct Outcome {
  bool done = false;
  bool refused = false;
  std::string payload;
  std::size_t consumed = 0;
};

// Feeds `bytes` in portions of `portion` bytes.
Outcome read_all(std::string_view bytes, std::size_t portion) {
  ChunkedReader reader;
  Outcome outcome;
  while (!reader.done() && outcome.consumed < bytes.size()) {
    std::string_view in = bytes.substr(outcome.consumed, portion);
    while (true) {
      const auto piece = reader.next(in);
      if (!piece) {
        outcome.refused = true;
        return outcome;
      }
      outcome.payload += piece->data;
      outcome.consumed += piece->consumed;
      in.remove_prefix(piece->consumed);
      if (piece->consumed == 0 || reader.done()) break;
    }
  }
  outcome.done = reader.done();
  return outcome;
}

struct ChunkCase {
  const char* name;
  std::string bytes;
  bool accepted;
  std::string payload;
};

const std::string big_extension(2000, 'x');

const ChunkCase bodies[] = {
    // clang-format off
    {"two chunks",               "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"s, true, "hello world"},
    {"empty body",               "0\r\n\r\n"s, true, ""},
    {"hexadecimal, both cases",  "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"s, true, "01234567890123456789a"},
    {"leading zeros",            "0005\r\nhello\r\n0000\r\n\r\n"s, true, "hello"},
    {"line ends as payload",     "4\r\n\r\n\r\n\r\n0\r\n\r\n"s, true, "\r\n\r\n"},
    {"extension",                "5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n"s, true, "hello"},
    {"trailers",                 "5\r\nhello\r\n0\r\nX-Sum: abc\r\nY:\r\n\r\n"s, true, "hello"},
    {"sixteen digits of zero",   "0000000000000000\r\n\r\n"s, true, ""},
    {"seventeen digits",         "00000000000000005\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"no size",                  "\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"no size but extension",    ";a\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"0x",                       "0x5\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"plus",                     "+5\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"minus",                    "-5\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"space before size",        " 5\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"space after size",         "5 \r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"space before extension",   "5 ;a\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"underscore",               "1_0\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"size ends with bare LF",   "5\nhello\r\n0\r\n\r\n"s, false, ""},
    {"size ends with CR CR",     "5\r\rhello\r\n0\r\n\r\n"s, false, ""},
    {"extension with bare LF",   "5;a\nhello\r\n0\r\n\r\n"s, false, ""},
    {"extension with lone CR",   "5;a\rb\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"extension with NUL",       "5;a\0\r\nhello\r\n0\r\n\r\n"s, false, ""},
    {"extension too long",       "5;" + big_extension + "\r\nhello\r\n0\r\n\r\n", false, ""},
    {"chunk longer than said",   "5\r\nhello!\r\n0\r\n\r\n"s, false, ""},
    {"chunk ends with bare LF",  "5\r\nhello\n0\r\n\r\n"s, false, ""},
    {"chunk ends with two bytes","5\r\nhelloxx0\r\n\r\n"s, false, ""},
    {"end with bare LF",         "0\r\n\n"s, false, ""},
    {"trailer with bare LF",     "0\r\nX: a\n\r\n"s, false, ""},
    {"trailer with NUL",         "0\r\nX: a\0\r\n\r\n"s, false, ""},
    {"trailer without name",     "0\r\n: a\r\n\r\n"s, false, ""},
    {"trailer without colon",    "0\r\nX\r\n\r\n"s, false, ""},
    {"folded trailer",           "0\r\nX: a\r\n b\r\n\r\n"s, false, ""},
    {"space before colon",       "0\r\nX : a\r\n\r\n"s, false, ""},
    {"trailers too long",        "0\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", false, ""},
    // clang-format on
};

TEST(ChunkCorpus, EveryBodyIsTakenOrRefusedAsTheTableSaysWhateverTheReads) {
  for (const ChunkCase& each : bodies) {
    for (const std::size_t portion :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, each.bytes.size()}) {
      const Outcome outcome = read_all(each.bytes, portion);
      EXPECT_EQ(outcome.done, each.accepted) << each.name << " by " << portion;
      EXPECT_EQ(outcome.refused, !each.accepted) << each.name << " by " << portion;
      if (!each.accepted) continue;
      EXPECT_EQ(outcome.payload, each.payload) << each.name << " by " << portion;
    }
  }
}

TEST(ChunkedReader, LeavesWhatFollowsTheBody) {
  const Outcome outcome = read_all("3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n", 1000);
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(outcome.consumed, 13u);
}

TEST(ChunkedReader, WaitsWhenTheBodyIsNotWhole) {
  const Outcome outcome = read_all("5\r\nhel", 1000);
  EXPECT_FALSE(outcome.done);
  EXPECT_FALSE(outcome.refused);
  EXPECT_EQ(outcome.payload, "hel");
}

TEST(ChunkedReader, PayloadIsAViewIntoTheInput) {
  ChunkedReader reader;
  const std::string_view in = "5\r\nhello\r\n";
  const auto piece = reader.next(in);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->data.data(), in.data() + 3);
}

TEST(ChunkedReader, HugeSizesDoNotOverflow) {
  const Outcome outcome = read_all("ffffffffffffffff\r\nabc", 1000);
  EXPECT_FALSE(outcome.refused);
  EXPECT_EQ(outcome.payload, "abc");
}

TEST(ChunkedReader, ExtensionsAreLimitedOverTheWholeBody) {
  std::string body;
  for (int i = 0; i < 100; ++i) body += "1;" + std::string(200, 'x') + "\r\na\r\n";
  EXPECT_TRUE(read_all(body, 1000).refused);
}

}  // namespace
}  // namespace wye
