#include <gtest/gtest.h>

#include <string>

#include "wire/http1.h"

namespace wye {
namespace {

using namespace std::string_literals;

TEST(HttpWrite, MakesHeads) {
  std::string out;
  write_status_line(out, 404);
  write_header(out, "Content-Length", std::uint64_t{18446744073709551615u});
  write_header(out, "X", "a\tb");
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 18446744073709551615\r\nX: a\tb\r\n");
  out.clear();
  write_request_line(out, "POST", "/v1/x");
  EXPECT_EQ(out, "POST /v1/x HTTP/1.1\r\n");
}

TEST(HttpWrite, NoValueSplitsAHead) {
  std::string out;
  write_header(out, "X", "a\r\nY: b\0c"s);
  EXPECT_EQ(out, "X: a  Y: b c\r\n");
  out.clear();
  write_header(out, "X\r\nY", "");
  EXPECT_EQ(out, "X  Y: \r\n");
}

TEST(HttpWrite, MakesChunks) {
  std::string out;
  write_chunk_head(out, 0x1a2b);
  EXPECT_EQ(out, "1a2b\r\n");
  EXPECT_EQ(last_chunk, "0\r\n\r\n");
}

TEST(HttpWrite, EveryStatusHasAPhrase) {
  for (int status = 100; status < 600; ++status) EXPECT_FALSE(reason_phrase(status).empty());
  EXPECT_EQ(reason_phrase(529), "Overloaded");
}

TEST(HttpWrite, WhatIsWrittenCanBeRead) {
  std::string out;
  write_status_line(out, 599);
  write_header(out, "Content-Length", std::uint64_t{3});
  out += "\r\n";
  ResponseHead head;
  ASSERT_TRUE(parse_response_head(out, false, head));
  EXPECT_EQ(head.status, 599);
  EXPECT_EQ(head.content_length, 3u);
}

}  // namespace
}  // namespace wye
