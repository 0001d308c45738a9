#include "core/google_credentials.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(GoogleCredentials, OfAServiceAccount) {
  const auto read = read_google_credentials(
      R"({"type":"service_account","project_id":"p","private_key_id":"1","private_key":"-----BEGIN\n",
          "client_email":"a@p.iam.gserviceaccount.com","token_uri":"https://t.example/token"})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->is_service_account());
  EXPECT_EQ(read->client_email, "a@p.iam.gserviceaccount.com");
  EXPECT_EQ(read->token_uri, "https://t.example/token");
  EXPECT_EQ(read->project, "p");
}

TEST(GoogleCredentials, OfAUser) {
  const auto read = read_google_credentials(
      R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"})");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_service_account());
  EXPECT_EQ(read->token_uri, "https://oauth2.googleapis.com/token");
}

TEST(GoogleCredentials, WhatIsMissingIsSaidAndNoSecretShown) {
  for (const char* text : {"", "[]", "{", R"({"private_key":7})", R"({"private_key":"SECRET"})",
                           R"({"refresh_token":"SECRET"})", "{}"}) {
    const auto read = read_google_credentials(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, FaultKind::config);
    EXPECT_EQ(read.error().message.find("SECRET"), std::string::npos);
  }
}

}  // namespace
}  // namespace wye
