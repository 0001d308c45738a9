#include "gateway/browser_guard.h"

#include <gtest/gtest.h>

#include <string>

namespace wye {
namespace {

bool lets_in(std::string_view lines, std::string_view listen_host = "127.0.0.1") {
  const std::string head = "POST /v1/chat/completions HTTP/1.1\r\n" + std::string(lines) + "\r\n";
  RequestHead parsed;
  const Result<void> read = parse_request_head(head, parsed);
  EXPECT_TRUE(read) << lines;
  const Result<void> checked = refuse_foreign_pages(parsed.headers, listen_host);
  if (!checked) {
    EXPECT_EQ(checked.error().kind, FaultKind::forbidden);
  }
  return checked.has_value();
}

TEST(BrowserGuard, ProgramsOnThisMachineAreLetIn) {
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080"}) {
    EXPECT_TRUE(lets_in("Host: " + std::string(host) + "\r\n")) << host;
  }
}

TEST(BrowserGuard, TheAddressOfTheListenerIsOurs) {
  EXPECT_TRUE(lets_in("Host: 192.168.1.5:8080\r\n", "192.168.1.5"));
  EXPECT_FALSE(lets_in("Host: 192.168.1.6:8080\r\n", "192.168.1.5"));
  EXPECT_TRUE(lets_in("Host: [fd00::1]:8080\r\nOrigin: http://[fd00::1]:8080\r\n", "fd00::1"));
}

TEST(BrowserGuard, ANameThatWasMadeToPointHereIsRefused) {
  for (const char* host :
       {"evil.example", "evil.example:8080", "127.0.0.1.evil.example:8080", "127.evil.example",
        "localhost.evil.example", "[::1", "0.0.0.0:8080", "10.0.0.1"}) {
    EXPECT_FALSE(lets_in("Host: " + std::string(host) + "\r\n")) << host;
  }
}

TEST(BrowserGuard, PagesOfOtherSitesAreRefused) {
  const std::string host = "Host: 127.0.0.1:8080\r\n";
  for (const char* origin :
       {"https://evil.example", "http://evil.example:8080", "null", "http://127.0.0.1.evil.example",
        "chrome-extension://abc", "http://localhost@evil.example", "localhost"}) {
    EXPECT_FALSE(lets_in(host + "Origin: " + origin + "\r\n")) << origin;
  }
  EXPECT_FALSE(lets_in(host + "Sec-Fetch-Site: cross-site\r\n"));
}

TEST(BrowserGuard, PagesOfThisMachineAreLetIn) {
  const std::string host = "Host: 127.0.0.1:8080\r\n";
  EXPECT_TRUE(lets_in(host + "Origin: http://localhost:3000\r\nSec-Fetch-Site: cross-site\r\n"));
  EXPECT_TRUE(lets_in(host + "Origin: http://127.0.0.1:8080\r\nSec-Fetch-Site: same-origin\r\n"));
  EXPECT_TRUE(lets_in(host + "Sec-Fetch-Site: none\r\n"));
  EXPECT_TRUE(lets_in(host + "Sec-Fetch-Site: same-origin\r\n"));
}

}  // namespace
}  // namespace wye
