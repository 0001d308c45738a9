// Addresses of the catalog, with the account's own parts in them.
#include <gtest/gtest.h>

#include "config/test_support.h"

namespace wye::config {
namespace {

std::string host_of(const std::string& region) {
  const LoadResult result =
      load("version: 1\nproviders: { aws: { kind: bedrock, region: " + region +
               ", api_key: \"${env:SECRET}\" } }\ndeployments: { d: { provider: aws, model: "
               "amazon.nova-pro-v1:0 } }\nroutes: { r: [d] }\n",
           "wye.yaml", test_catalog(), usual_environment());
  if (!result.rules) return format_text(result.diagnostics, "wye.yaml", result.shown_text);
  return result.rules->providers.front().base_url.host;
}

TEST(Address, RegionsOfAmazonInChinaHaveADomainOfTheirOwn) {
  EXPECT_EQ(host_of("eu-west-1"), "bedrock-runtime.eu-west-1.amazonaws.com");
  EXPECT_EQ(host_of("cn-north-1"), "bedrock-runtime.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(host_of("cn-northwest-1"), "bedrock-runtime.cn-northwest-1.amazonaws.com.cn");
}

}  // namespace
}  // namespace wye::config
