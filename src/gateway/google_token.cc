#include "gateway/google_token.h"

#include <algorithm>
#include <utility>

#include "gateway/credential.h"
#include "io/rsa_sign.h"
#include "wire/base64.h"
#include "wire/http1.h"
#include "wire/url_encode.h"

namespace wye {
namespace {

constexpr std::size_t answer_bytes_max = 64 << 10;
constexpr MonoUs spare_us = 60'000'000;  // a token is not used in its last minute
constexpr TimeMs assertion_ms = 3'600'000;
constexpr std::string_view scope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::string_view assertion_grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const std::string& account_of(const GoogleCredentials& credentials) {
  return credentials.is_service_account() ? credentials.client_email : credentials.refresh_token;
}

// application/x-www-form-urlencoded
void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append("=").append(url_encode(value));
}

// The alphabet of tokens, without padding.
std::string base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// The account's word, signed, that it wants a token.
Result<std::string> make_assertion(const GoogleCredentials& credentials, TimeMs now) {
  std::string header;
  JsonWriter(header)
      .begin_object()
      .field("alg", "RS256")
      .field("typ", "JWT")
      .field("kid", credentials.private_key_id)
      .end_object();
  std::string claims;
  JsonWriter(claims)
      .begin_object()
      .field("iss", credentials.client_email)
      .field("scope", scope)
      .field("aud", credentials.token_uri)
      .field("iat", now / 1000)
      .field("exp", (now + assertion_ms) / 1000)
      .end_object();
  std::string text = base64url(header) + "." + base64url(claims);
  Result<std::string> signature = sign_rs256(credentials.private_key, text);
  if (!signature) return fail(std::move(signature.error()));
  return text.append(".").append(base64url(*signature));
}

Result<std::string> make_form(const GoogleCredentials& credentials, TimeMs now) {
  std::string form;
  if (!credentials.is_service_account()) {
    add_field(form, "grant_type", "refresh_token");
    add_field(form, "client_id", credentials.client_id);
    add_field(form, "client_secret", credentials.client_secret);
    add_field(form, "refresh_token", credentials.refresh_token);
    return form;
  }
  Result<std::string> assertion = make_assertion(credentials, now);
  if (!assertion) return fail(std::move(assertion.error()));
  add_field(form, "grant_type", assertion_grant);
  add_field(form, "assertion", *assertion);
  return form;
}

std::string make_head(const Url& url, std::size_t body_bytes) {
  std::string head;
  write_request_line(head, "POST", url.path.empty() ? "/" : url.path);
  write_header(head, "host", host_of(url));
  write_header(head, "content-type", "application/x-www-form-urlencoded");
  write_header(head, "accept", "application/json");
  write_header(head, "content-length", static_cast<std::uint64_t>(body_bytes));
  return head.append("\r\n");
}

Async<Result<std::string>> read_body(HttpCall& call, MonoUs deadline) {
  std::string body;
  while (body.size() <= answer_bytes_max) {
    const std::string_view piece = co_await co_await call.read_body(deadline);
    if (piece.empty()) co_return body;
    body.append(piece);
  }
  co_return fail(FaultKind::outage, "Google's token service answered too much");
}

// Only a refusal of the account itself is a matter of credentials, which takes the deployment out;
// a success without a token is one, too.
FaultKind refusal_of(int status) {
  if (status == 429) return FaultKind::rate_limit;
  const bool refused = status == 400 || status == 401 || status == 403 || status < 300;
  return refused ? FaultKind::auth : FaultKind::outage;
}

}  // namespace

std::string_view GoogleTokens::find(const GoogleCredentials& credentials) const {
  const auto found = tokens_.find(account_of(credentials));
  if (found == tokens_.end() || found->second.good_until <= world_.mono_us()) return {};
  return found->second.text;
}

void GoogleTokens::forget(const GoogleCredentials& credentials) {
  const auto found = tokens_.find(account_of(credentials));
  if (found != tokens_.end()) found->second.good_until = 0;
}

std::string_view GoogleTokens::newest(const GoogleCredentials& credentials) const {
  const auto found = tokens_.find(account_of(credentials));
  return found == tokens_.end() ? std::string_view() : found->second.text;
}

Async<Result<std::string>> GoogleTokens::fetch(const GoogleCredentials& credentials,
                                               const std::string& ca_file, MonoUs deadline) {
  if (const std::string_view held = find(credentials); !held.empty()) co_return std::string(held);
  const Url url = co_await parse_url(credentials.token_uri);
  const std::string form = co_await make_form(credentials, world_.now_ms());
  const std::string head = make_head(url, form.size());
  const std::string_view body[]{form};
  const Peer peer{url.host, url.port, url.tls, ca_file};
  std::unique_ptr<HttpCall> call =
      co_await co_await client_.send(peer, head, body, deadline, deadline);
  co_await co_await call->read_head(deadline);
  std::string answer = co_await co_await read_body(*call, deadline);
  Token token = co_await read_answer(std::move(answer), call->head().status, world_.mono_us());
  std::string text = token.text;
  tokens_.insert_or_assign(account_of(credentials), std::move(token));
  co_return text;
}

Result<GoogleTokens::Token> GoogleTokens::read_answer(std::string body, int status, MonoUs now) {
  Token token;
  std::int64_t seconds = 0;
  std::string error;
  pad(body);
  const auto read = json_.read_object(body, [&](JsonObject& root) -> Result<void> {
    return for_each_field(
        root, "", {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
          if (key == "expires_in") {
            if (const auto whole = read_int(value, key)) seconds = *whole;
            return {};
          }
          if (key != "access_token" && key != "error" && key != "error_description") return {};
          if (const auto text = read_string(value, key)) {
            (key == "access_token" ? token.text : error) = *text;
          }
          return {};
        });
  });
  if (status == 200 && read && !token.text.empty()) {
    token.good_until = now + seconds * 1'000'000 - spare_us;
    return token;
  }
  if (status >= 500) return fail(FaultKind::outage, "Google's token service is out of order");
  return fail(refusal_of(status), "Google gives no token for this account" +
                                      (error.empty() ? std::string() : ": " + error));
}

}  // namespace wye
