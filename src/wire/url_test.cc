#include <gtest/gtest.h>

#include <string>

#include "wire/http1.h"

namespace wye {
namespace {

struct UrlCase {
  const char* text;
  bool tls;
  const char* host;
  int port;
  const char* path;
};

const UrlCase good[] = {
    {"https://api.example.com:8443/v1", true, "api.example.com", 8443, "/v1"},
    {"https://api.example.com", true, "api.example.com", 443, ""},
    {"http://localhost/", false, "localhost", 80, ""},
    {"http://127.0.0.1:1//", false, "127.0.0.1", 1, ""},
    {"http://[::1]:65535/a/b/", false, "::1", 65535, "/a/b"},
    {"https://[fe80::1]/x", true, "fe80::1", 443, "/x"},
    {"https://under_score.svc/openai/%20", true, "under_score.svc", 443, "/openai/%20"},
};

TEST(Url, GivesItsParts) {
  for (const UrlCase& each : good) {
    const auto url = parse_url(each.text);
    ASSERT_TRUE(url) << each.text;
    EXPECT_EQ(url->tls, each.tls) << each.text;
    EXPECT_EQ(url->host, each.host) << each.text;
    EXPECT_EQ(url->port, each.port) << each.text;
    EXPECT_EQ(url->path, each.path) << each.text;
  }
}

TEST(Url, RefusesTheRest) {
  for (const char* text : {"",
                           "api.example.com",
                           "ftp://a/",
                           "HTTP://a/",
                           "https://",
                           "https:///x",
                           "https://:443",
                           "https://a:",
                           "https://a:0",
                           "https://a:65536",
                           "https://a:+1",
                           "https://a:1x",
                           "https://a:1:2",
                           "https://u@a/",
                           "https://u:p@a/",
                           "https://a/x?y",
                           "https://a/x#y",
                           "https://a?x",
                           "https://a b/",
                           "https://a/x y",
                           "https://[::1",
                           "https://[::g]/",
                           "https://[]/",
                           "https://[::1]x/",
                           "https://::1/",
                           "https://a/\r\nX: y",
                           "https://a\\b/",
                           "https://caf\xc3\xa9/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, FaultKind::config);
  }
}

TEST(PercentDecode, DecodesOrRefuses) {
  EXPECT_EQ(percent_decode("/a%20b%2Fc+d"), "/a b/c+d");
  EXPECT_EQ(percent_decode("%e2%82%AC"), "\xe2\x82\xac");
  EXPECT_EQ(percent_decode(""), "");
  for (const char* text : {"%", "%2", "%2g", "%g2", "a%", "%00", "a%00b"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

}  // namespace
}  // namespace wye
