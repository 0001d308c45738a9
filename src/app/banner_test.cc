#include "app/banner.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

std::string banner_of(const Rules& rules) {
  testing::internal::CaptureStdout();
  print_banner({"1.2.3", rules, 8080, 8081, false});
  return testing::internal::GetCapturedStdout();
}

TEST(Banner, CountsAsPeopleDo) {
  Rules rules;
  rules.providers.emplace_back();
  rules.deployments.resize(2);
  rules.keys.emplace_back();
  const std::string one = banner_of(rules);
  EXPECT_NE(one.find("1 provider, 2 deployments, 0 tasks\n"), std::string::npos) << one;
  EXPECT_NE(one.find("on loopback only; 1 virtual key\n"), std::string::npos) << one;
}

TEST(Banner, AnAddressOfIpv6HasBrackets) {
  EXPECT_EQ(authority("::1", 7), "[::1]:7");
  EXPECT_EQ(authority("127.0.0.1", 7), "127.0.0.1:7");
}

}  // namespace
}  // namespace wye
