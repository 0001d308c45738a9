// credentials: how wye proves to a provider who it is; see loading.h. A key that is sent as it is,
// AWS keys that requests are signed with, or a Google account that tokens are fetched for.
#include <fmt/format.h>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

void report_missing(Loading& loading, Place place, std::string message) {
  Diagnostic& one = loading.add(Code::secret_missing, place, std::move(message));
  if (loading.options.secrets_required) one.severity = Severity::error;
}

// The first of the variables that is set.
bool take_variable(Loading& loading, Place place, const std::string& name, std::string& into) {
  auto value = loading.environment.variable(name);
  if (!value) return false;
  into = checked_secret(loading, std::move(*value), place,
                        fmt::format("environment variable {}", name));
  return true;
}

void read_api_key(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                  Provider& provider) {
  if (const Node* node = entry.value.find("api_key"); node != nullptr) {
    if (provider.auth == Auth::none) provider.auth = Auth::bearer;
    provider.api_key = read_secret(loading, *node);
    return;
  }
  if (vendor == nullptr) provider.auth = Auth::none;
  if (provider.auth == Auth::none || vendor == nullptr || vendor->api_key_variables.empty()) return;
  for (const std::string& variable : vendor->api_key_variables) {
    if (take_variable(loading, place_of(entry), variable, provider.api_key)) return;
  }
  report_missing(loading, place_of(entry),
                 fmt::format("provider \"{}\" has no api_key, and {} is not set", entry.key,
                             vendor->api_key_variables.front()));
}

// One of the AWS keys: from the file, else from its usual variable.
std::string read_aws_key(Loading& loading, const Entry& entry, std::string_view key,
                         const std::string& variable, bool required) {
  if (const Node* node = entry.value.find(key); node != nullptr) return read_secret(loading, *node);
  std::string found;
  if (!take_variable(loading, place_of(entry), variable, found) && required) {
    report_missing(loading, place_of(entry),
                   fmt::format("provider \"{}\" has neither api_key nor {}, and neither "
                               "AWS_BEARER_TOKEN_BEDROCK nor {} is set",
                               entry.key, key, variable));
  }
  return found;
}

void read_aws_keys(Loading& loading, const Entry& entry, Provider& provider) {
  const Node* api_key = entry.value.find("api_key");
  const bool keys_given = entry.value.find("access_key") != nullptr;
  if (api_key != nullptr) provider.api_key = read_secret(loading, *api_key);
  const bool bearer = api_key != nullptr ||
                      (!keys_given && take_variable(loading, place_of(entry),
                                                    "AWS_BEARER_TOKEN_BEDROCK", provider.api_key));
  if (bearer) {
    provider.auth = Auth::bearer;
    return;
  }
  AwsCredentials& aws = provider.aws.keys;
  aws.access_key_id = read_aws_key(loading, entry, "access_key", "AWS_ACCESS_KEY_ID", true);
  if (aws.access_key_id.empty()) return;
  aws.secret_access_key = read_aws_key(loading, entry, "secret_key", "AWS_SECRET_ACCESS_KEY", true);
  aws.session_token = read_aws_key(loading, entry, "session_token", "AWS_SESSION_TOKEN", false);
}

struct KeyFile {
  std::string text;
  std::string source;
};

std::optional<KeyFile> read_key_file(Loading& loading, const Entry& entry) {
  if (const Node* node = entry.value.find("credentials"); node != nullptr) {
    std::string text = read_secret_text(loading, *node);
    if (text.empty()) return std::nullopt;
    return KeyFile{std::move(text), "credentials"};
  }
  const auto path = loading.environment.variable("GOOGLE_APPLICATION_CREDENTIALS");
  if (!path) {
    report_missing(loading, place_of(entry),
                   fmt::format("provider \"{}\" has no credentials, and "
                               "GOOGLE_APPLICATION_CREDENTIALS is not set",
                               entry.key));
    return std::nullopt;
  }
  auto text = loading.environment.read_file(*path);
  if (!text) {
    report_missing(loading, place_of(entry), text.error().message);
    return std::nullopt;
  }
  return KeyFile{std::move(*text), *path};
}

void read_google(Loading& loading, const Entry& entry, Provider& provider) {
  if (const Node* node = entry.value.find("api_key"); node != nullptr) {
    provider.auth = Auth::x_goog_api_key;  // Vertex in express mode
    provider.api_key = read_secret(loading, *node);
    return;
  }
  auto file = read_key_file(loading, entry);
  if (!file) return;
  auto read = read_google_credentials(std::move(file->text));
  if (read) {
    provider.google = std::move(*read);
    return;
  }
  Diagnostic& one = loading.add(Code::secret_unusable, place_of(entry),
                                fmt::format("{} {}", file->source, read.error().message));
  if (loading.options.secrets_required) one.severity = Severity::error;
}

}  // namespace

void read_credentials(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                      Provider& provider) {
  switch (provider.auth) {
    case Auth::sigv4: read_aws_keys(loading, entry, provider); return;
    case Auth::google_oauth: read_google(loading, entry, provider); return;
    case Auth::bearer:
    case Auth::x_api_key:
    case Auth::x_goog_api_key:
    case Auth::api_key:
    case Auth::none: read_api_key(loading, entry, vendor, provider); return;
  }
}

}  // namespace wye::config
