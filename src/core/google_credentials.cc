#include "core/google_credentials.h"

#include <utility>

#include "wire/json.h"

namespace wye {
namespace {

struct Member {
  std::string_view name;
  std::string* into;
};

Result<void> read_members(JsonObject& root, GoogleCredentials& out) {
  const Member members[]{
      {"client_email", &out.client_email},     {"private_key", &out.private_key},
      {"private_key_id", &out.private_key_id}, {"client_id", &out.client_id},
      {"client_secret", &out.client_secret},   {"refresh_token", &out.refresh_token},
      {"token_uri", &out.token_uri},           {"project_id", &out.project},
  };
  return for_each_field(root, "", {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
    for (const Member& member : members) {
      if (member.name != key) continue;
      Result<std::string_view> text = read_string(value, key);
      if (!text) return fail(std::move(text.error()));
      *member.into = *text;
    }
    return {};
  });
}

}  // namespace

Result<GoogleCredentials> read_google_credentials(std::string json) {
  GoogleCredentials out;
  JsonReader reader;
  pad(json);
  const auto read =
      reader.read_object(json, [&](JsonObject& root) { return read_members(root, out); });
  // The reason is not repeated: it might hold a piece of the secret.
  if (!read) return fail(FaultKind::config, "is not the JSON of a Google key file");
  if (out.is_service_account()) {
    if (out.client_email.empty()) return fail(FaultKind::config, "has no client_email");
    return out;
  }
  if (out.refresh_token.empty() || out.client_id.empty()) {
    return fail(FaultKind::config,
                "has neither a private_key (service account) nor a refresh_token with its "
                "client_id (user)");
  }
  return out;
}

}  // namespace wye
