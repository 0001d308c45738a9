#include "gateway/credential.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(Credential, WhatAProviderRepeatsIsHidden) {
  Provider provider;
  provider.api_key = "PROVSECRET111";
  provider.aws.keys.session_token = "SESSION222";
  provider.google.emplace();
  provider.google->client_secret = "CLIENT333";
  EXPECT_EQ(without_credentials("PROVSECRET111 xPROVSECRET111y SESSION222 CLIENT333 ya29.token",
                                provider, "ya29.token"),
            "[key] x[key]y [key] [key] [key]");
}

TEST(Credential, AShortKeyIsNoSecretAndWordsAreLeft) {
  Provider provider;
  provider.api_key = "key";
  EXPECT_EQ(without_credentials("the key is wrong", provider, ""), "the key is wrong");
}

}  // namespace
}  // namespace wye
