// Google credentials: what a key file of Google's says, of a service account (`gcloud iam
// service-accounts keys create`) or of a user (`gcloud auth application-default login`).
//
// Plain values; the configuration reads them once. They are secrets: never printed or recorded.
#pragma once

#include <string>

#include "base/result.h"

namespace wye {

struct GoogleCredentials {
  // A service account has an e-mail address and a private key, a user a refresh token.
  std::string client_email;
  std::string private_key;  // PEM
  std::string private_key_id;
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
  std::string token_uri = "https://oauth2.googleapis.com/token";
  std::string project;

  bool is_service_account() const { return !private_key.empty(); }
};

// Reads the JSON of a key file. Faults: config, saying what is missing.
Result<GoogleCredentials> read_google_credentials(std::string json);

}  // namespace wye
