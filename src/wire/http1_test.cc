#include "wire/http1.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wye {
namespace {

using namespace std::string_literals;

constexpr std::size_t head_bytes_max = 16UL * 1024;

// What a server makes of bytes that hold a whole head: 0 when it takes them, else the status.
int status_of(std::string_view bytes, RequestHead& head) {
  const Result<std::size_t> length = head_length(bytes, head_bytes_max);
  if (!length) return length.error().status;
  if (*length == 0) return -1;  // it would wait for more
  const Result<void> parsed = parse_request_head(bytes.substr(0, *length), head);
  return parsed ? 0 : parsed.error().status;
}

struct RequestCase {
  const char* name;
  std::string bytes;
  bool accepted;
  int status;
};

// Every request here is whole; the malformed ones differ from a good one in a single thing.
const RequestCase requests[] = {
    // clang-format off
    {"minimal",                    "GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, true, 0},
    {"minimal 1.0",                "GET / HTTP/1.0\r\n\r\n"s, true, 0},
    {"post with length",           "POST /v1/x?a=1&b=%20 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\n"s, true, 0},
    {"post chunked",               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"s, true, 0},
    {"chunked in other case",      "POST / HTTP/1.1\r\nHost: a\r\ntransfer-ENCODING: CHUNKED\r\n\r\n"s, true, 0},
    {"options of all",             "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"s, true, 0},
    {"no space after colon",       "GET / HTTP/1.1\r\nHost:a\r\n\r\n"s, true, 0},
    {"spaces and tabs round value","GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"s, true, 0},
    {"tab inside value",           "GET / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n"s, true, 0},
    {"empty value",                "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n"s, true, 0},
    {"empty host",                 "GET / HTTP/1.1\r\nHost:\r\n\r\n"s, true, 0},
    {"host of IPv6",               "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"s, true, 0},
    {"latin-1 value",              "GET / HTTP/1.1\r\nHost: a\r\nX: caf\xe9\r\n\r\n"s, true, 0},
    {"odd method",                 "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n"s, true, 0},
    {"leading zeros in length",    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\n"s, true, 0},
    {"expect 100-continue",        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n"s, true, 0},
    {"double slash path",          "GET //x HTTP/1.1\r\nHost: a\r\n\r\n"s, true, 0},
    // Framing that two parties may read differently.
    {"length and chunked",         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"s, false, 400},
    {"chunked and length",         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"s, false, 400},
    {"two lengths",                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"s, false, 400},
    {"same length twice",          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"s, false, 400},
    {"list of lengths",            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n"s, false, 400},
    {"length with plus",           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n"s, false, 400},
    {"length with minus",          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n"s, false, 400},
    {"length with space",          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n"s, false, 400},
    {"length in hexadecimal",      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n"s, false, 400},
    {"length with point",          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5.0\r\n\r\n"s, false, 400},
    {"empty length",               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"s, false, 400},
    {"length over 64 bits",        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\n"s, false, 400},
    {"chunked twice",              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"s, false, 400},
    {"chunked, chunked",           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"s, false, 501},
    {"chunked, identity",          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n"s, false, 501},
    {"gzip, chunked",              "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"s, false, 501},
    {"xchunked",                   "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"s, false, 501},
    {"quoted chunked",             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n"s, false, 501},
    {"empty transfer encoding",    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"s, false, 501},
    {"chunked in 1.0",             "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"s, false, 400},
    {"CVE-2023-30589",             "POST / HTTP/1.1\r\nHost: a\r\nX-Abc: \rxTransfer-Encoding: chunked\r\n\r\n"s, false, 400},
    // Lines.
    {"bare LF after request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"s, false, 400},
    {"bare LF after header",       "GET / HTTP/1.1\r\nHost: a\n\r\n"s, false, 400},
    {"bare LF at the end",         "GET / HTTP/1.1\r\nHost: a\r\n\n"s, false, 400},
    {"all bare LF",                "GET / HTTP/1.1\nHost: a\n\n"s, false, 400},
    {"lone CR in value",           "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"s, false, 400},
    {"lone CR as line end",        "GET / HTTP/1.1\rHost: a\r\n\r\n"s, false, 400},
    {"CR CR LF",                   "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"s, false, 400},
    {"CR CR LF at the end",        "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n"s, false, 400},
    {"folded header",              "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"s, false, 400},
    {"header folded by tab",       "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n"s, false, 400},
    {"first header line indented", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"s, false, 400},
    {"blank line in front",        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"space in front",             " GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"TLS to a plain port",        "\x16\x03\x01\x02\r\n\r\n"s, false, 400},
    {"byte order mark",            "\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    // Names and values.
    {"NUL in value",               "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s, false, 400},
    {"NUL in name",                "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n"s, false, 400},
    {"control in value",           "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"s, false, 400},
    {"DEL in value",               "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n"s, false, 400},
    {"space before colon",         "GET / HTTP/1.1\r\nHost : a\r\n\r\n"s, false, 400},
    {"tab before colon",           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length\t: 5\r\n\r\n"s, false, 400},
    {"empty name",                 "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"s, false, 400},
    {"no colon",                   "GET / HTTP/1.1\r\nHost: a\r\nNonsense\r\n\r\n"s, false, 400},
    {"brackets in name",           "GET / HTTP/1.1\r\nHost: a\r\nX(a): b\r\n\r\n"s, false, 400},
    {"non-ASCII name",             "GET / HTTP/1.1\r\nHost: a\r\nX\xe9: b\r\n\r\n"s, false, 400},
    {"two hosts",                  "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"s, false, 400},
    {"same host twice",            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"s, false, 400},
    {"two hosts in one",           "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"s, false, 400},
    {"two hosts in 1.0",           "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"s, false, 400},
    {"host with path",             "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"s, false, 400},
    {"host with user",             "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"s, false, 400},
    {"no host",                    "GET / HTTP/1.1\r\nX: a\r\n\r\n"s, false, 400},
    {"no headers at all",          "GET / HTTP/1.1\r\n\r\n"s, false, 400},
    {"other expectation",          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n"s, false, 417},
    {"one good, one bad expect",   "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n"s, false, 417},
    // The request line.
    {"HTTP/1.2",                   "GET / HTTP/1.2\r\nHost: a\r\n\r\n"s, false, 505},
    {"HTTP/2.0",                   "GET / HTTP/2.0\r\nHost: a\r\n\r\n"s, false, 505},
    {"HTTP/2 preface",             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s, false, 400},
    {"HTTP/0.9",                   "GET /\r\n\r\n"s, false, 400},
    {"lower-case http",            "GET / http/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"HTTP/1.10",                  "GET / HTTP/1.10\r\nHost: a\r\n\r\n"s, false, 400},
    {"HTTP/01.1",                  "GET / HTTP/01.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"two spaces before target",   "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"two spaces before version",  "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"space after version",        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"s, false, 400},
    {"tab for space",              "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"space in target",            "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"NUL in target",              "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"control in target",          "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"non-ASCII target",           "GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"fragment in target",         "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"absolute target",            "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"authority target",           "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"star with GET",              "GET * HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"relative target",            "GET a HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"bracket in method",          "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"no target",                  "GET HTTP/1.1\r\nHost: a\r\n\r\n"s, false, 400},
    {"too many headers",           "GET / HTTP/1.1\r\nHost: a\r\n" + [] { std::string s; for (int i = 0; i < 100; ++i) s += "X: a\r\n"; return s; }() + "\r\n", false, 431},
    {"head too long",              "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(head_bytes_max, 'a') + "\r\n\r\n", false, 431},
    // clang-format on
};

TEST(RequestCorpus, EveryRequestIsTakenOrRefusedAsTheTableSays) {
  for (const RequestCase& each : requests) {
    RequestHead head;
    const int status = status_of(each.bytes, head);
    EXPECT_EQ(status == 0, each.accepted) << each.name;
    EXPECT_EQ(status, each.status) << each.name;
  }
}

TEST(RequestCorpus, NoPrefixOfAnAcceptedHeadIsRefused) {
  for (const RequestCase& each : requests) {
    if (!each.accepted) continue;
    for (std::size_t size = 0; size < each.bytes.size(); ++size) {
      const auto length = head_length(std::string_view(each.bytes).substr(0, size), head_bytes_max);
      ASSERT_TRUE(length.has_value()) << each.name << " at " << size;
      EXPECT_EQ(*length, 0u) << each.name << " at " << size;
    }
  }
}

TEST(HeadLength, StopsAtTheBlankLine) {
  EXPECT_EQ(head_length("GET / HTTP/1.1\r\n\r\nbody\nwith lines", 100).value(), 18u);
  EXPECT_EQ(head_length("", 100).value(), 0u);
}

TEST(HeadLength, HeadOfExactlyTheLimitPasses) {
  const std::string head = "GET / HTTP/1.1\r\n\r\n";
  EXPECT_EQ(head_length(head, head.size()).value(), head.size());
  EXPECT_EQ(head_length(head + "more", head.size()).value(), head.size());
  EXPECT_EQ(head_length(head, head.size() - 1).error().status, 431);
  EXPECT_EQ(head_length(head.substr(0, 10), 10).error().status, 431);
}

TEST(HeadLength, RefusesEarlyWhatCanNeverBecomeAHead) {
  EXPECT_FALSE(head_length("\x16", 100));
  EXPECT_FALSE(head_length("\r", 100));
  EXPECT_FALSE(head_length("GET / HTTP/1.1\n", 100));
}

TEST(RequestHead, GivesItsParts) {
  RequestHead head;
  const std::string bytes =
      "POST /v1/chat?x=1?2 HTTP/1.1\r\nHost: api\r\nContent-Length: 42\r\nX-A: 1\r\nx-a: 2\r\n"
      "Expect: 100-continue\r\n\r\n";
  ASSERT_TRUE(parse_request_head(bytes, head));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path(), "/v1/chat");
  EXPECT_EQ(head.query(), "x=1?2");
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.content_length, 42u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.expect_continue);
  EXPECT_EQ(head.headers.get("x-A"), "1");
  EXPECT_TRUE(head.headers.has("HOST"));
  EXPECT_FALSE(head.headers.has("hos"));
  EXPECT_EQ(head.headers.get("none"), "");
  EXPECT_EQ(head.headers.all().size(), 5u);
}

TEST(RequestHead, LeavesNothingOfTheOneBefore) {
  RequestHead head;
  ASSERT_TRUE(parse_request_head(
      "POST / HTTP/1.0\r\nContent-Length: 42\r\nConnection: close\r\n\r\n", head));
  ASSERT_TRUE(parse_request_head("GET / HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_EQ(head.framing, Framing::none);
  EXPECT_EQ(head.content_length, 0u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.headers.all().size(), 1u);
}

bool keeps_alive(const std::string& version, const std::string& headers) {
  RequestHead head;
  EXPECT_TRUE(parse_request_head("GET / " + version + "\r\nHost: a\r\n" + headers + "\r\n", head));
  return head.keep_alive;
}

TEST(RequestHead, KeepsTheConnectionAsTheStandardSays) {
  EXPECT_TRUE(keeps_alive("HTTP/1.1", ""));
  EXPECT_FALSE(keeps_alive("HTTP/1.0", ""));
  EXPECT_TRUE(keeps_alive("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps_alive("HTTP/1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(keeps_alive("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_TRUE(keeps_alive("HTTP/1.1", "Connection: closed\r\n"));
}

TEST(RequestHead, MustBeTheWholeHeadAndNothingElse) {
  RequestHead head;
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.1\r\nHost: a\r\n", head));
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.1\r\nHost: a\r\n\r\nx", head));
  EXPECT_FALSE(parse_request_head("", head));
}

struct ResponseCase {
  const char* name;
  std::string bytes;
  bool to_head;
  bool accepted;
  Framing framing;
  bool keep_alive;
};

const ResponseCase responses[] = {
    // clang-format off
    {"length",              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, true, Framing::length, true},
    {"no reason",           "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n", false, true, Framing::length, true},
    {"no reason, no space", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", false, true, Framing::length, true},
    {"chunked",             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, true, Framing::chunked, true},
    {"until close",         "HTTP/1.1 200 OK\r\n\r\n", false, true, Framing::until_close, false},
    {"connection close",    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", false, true, Framing::length, false},
    {"1.0",                 "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false, true, Framing::length, false},
    {"1.0 keep-alive",      "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", false, true, Framing::length, false},
    {"100",                 "HTTP/1.1 100 Continue\r\n\r\n", false, true, Framing::none, true},
    {"204",                 "HTTP/1.1 204 No Content\r\n\r\n", false, true, Framing::none, true},
    {"204 with length",     "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false, true, Framing::none, false},
    {"304 with length",     "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, true, Framing::none, true},
    {"answer to HEAD",      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, true, Framing::none, true},
    {"length and chunked",  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", false, false, {}, {}},
    {"both, to HEAD",       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", true, false, {}, {}},
    {"chunked in 1.0",      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, false, {}, {}},
    {"two lengths",         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", false, false, {}, {}},
    {"gzip, chunked",       "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", false, false, {}, {}},
    {"folded header",       "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", false, false, {}, {}},
    {"bare LF",             "HTTP/1.1 200 OK\nContent-Length: 5\n\n", false, false, {}, {}},
    {"two digits",          "HTTP/1.1 20 OK\r\n\r\n", false, false, {}, {}},
    {"four digits",         "HTTP/1.1 2000 OK\r\n\r\n", false, false, {}, {}},
    {"status 600",          "HTTP/1.1 600 OK\r\n\r\n", false, false, {}, {}},
    {"status 099",          "HTTP/1.1 099 OK\r\n\r\n", false, false, {}, {}},
    {"HTTP/2",              "HTTP/2.0 200 OK\r\n\r\n", false, false, {}, {}},
    {"shoutcast",           "ICY 200 OK\r\n\r\n", false, false, {}, {}},
    {"control in reason",   "HTTP/1.1 200 O\x01K\r\n\r\n", false, false, {}, {}},
    // clang-format on
};

TEST(ResponseCorpus, EveryResponseIsTakenOrRefusedAsTheTableSays) {
  for (const ResponseCase& each : responses) {
    ResponseHead head;
    const auto length = head_length(each.bytes, head_bytes_max);
    const bool accepted = length && *length == each.bytes.size() &&
                          parse_response_head(each.bytes, each.to_head, head).has_value();
    EXPECT_EQ(accepted, each.accepted) << each.name;
    if (!accepted) continue;
    EXPECT_EQ(head.framing, each.framing) << each.name;
    EXPECT_EQ(head.keep_alive, each.keep_alive) << each.name;
  }
}

TEST(ResponseHead, GivesItsParts) {
  ResponseHead head;
  ASSERT_TRUE(parse_response_head(
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 7\r\n\r\n", false,
      head));
  EXPECT_EQ(head.status, 429);
  EXPECT_EQ(head.content_length, 7u);
  EXPECT_EQ(head.headers.get("retry-after"), "3");
}

TEST(Faults, AreOfKindProtocolAndSayWhy) {
  RequestHead head;
  const auto parsed = parse_request_head("GET / HTTP/1.1\r\n\r\n", head);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, FaultKind::protocol);
  EXPECT_EQ(parsed.error().message, "Host is missing");
}

}  // namespace
}  // namespace wye
