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

TEST(Credential, WhatWasCutIsHiddenAsFarAsItIsThere) {
  Provider provider;
  provider.api_key = "PROVSECRET111";
  EXPECT_EQ(without_credentials("the key PROVSECRET1", provider, ""), "the key [key]");
  EXPECT_EQ(without_credentials("the key PROVSE", provider, ""), "the key [key]");
  EXPECT_EQ(without_credentials("the key PROVS", provider, ""), "the key PROVS");
}

TEST(Credential, AKeyThatMayBeAWordIsHiddenWhereItStandsAlone) {
  Provider provider;
  provider.api_key = "ollama";
  EXPECT_EQ(without_credentials("bad key 'ollama': model ollama/x is not known to ollama-2",
                                provider, ""),
            "bad key '[key]': model ollama/x is not known to ollama-2");
}

TEST(Credential, AShortKeyIsNoSecretAndWordsAreLeft) {
  Provider provider;
  provider.api_key = "key";
  EXPECT_EQ(without_credentials("the key is wrong", provider, ""), "the key is wrong");
}

}  // namespace
}  // namespace wye
