#include "gateway/credential.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "wire/http1.h"
#include "wire/sigv4.h"

namespace wye {
namespace {

void write_signature(const Provider& provider, const ProviderRequest& request, TimeMs now,
                     std::string_view method, std::string& out) {
  if (provider.aws.keys.access_key_id.empty()) return;
  const std::string host = host_of(provider.base_url);
  const Header signed_headers[]{{"host", host}, {"content-type", "application/json"}};
  const std::string target = provider.base_url.path + request.path;
  const std::size_t mark = std::min(target.find('?'), target.size());
  AwsRequest what;
  what.method = method;
  what.path = std::string_view(target).substr(0, mark);
  if (mark < target.size()) what.query = std::string_view(target).substr(mark + 1);
  what.headers = signed_headers;
  what.body = request.body;
  const AwsSignature signature =
      sign_by_headers(what, provider.aws.keys, {provider.aws.region, "bedrock"}, now);
  for (const auto& [name, value] : signature.headers) write_header(out, name, value);
}

constexpr std::size_t secret_bytes_min = 6;
constexpr std::string_view shown = "[key]";

// Servers that want no key are given words ("ollama", "none-needed"), which messages hold as well.
bool may_be_a_word(std::string_view secret) {
  return secret.size() < 16 && std::none_of(secret.begin(), secret.end(), [](char c) {
           return is_digit(c) || (c >= 'A' && c <= 'Z');
         });
}

bool is_within_word(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '/'; }

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  const bool begins = at == 0 || !is_within_word(text[at - 1]);
  return begins && (at + size == text.size() || !is_within_word(text[at + size]));
}

// Texts that are too long were cut, and a secret with them.
void hide_beginning_at_end(std::string_view secret, std::string& text) {
  for (std::size_t size = std::min(secret.size(), text.size()); size >= secret_bytes_min; --size) {
    if (!text.ends_with(secret.substr(0, size))) continue;
    text.replace(text.size() - size, size, shown);
    return;
  }
}

void hide(std::string_view secret, std::string& text) {
  if (secret.size() < secret_bytes_min) return;
  const bool word = may_be_a_word(secret);
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;) {
    const bool hidden = !word || stands_alone(text, at, secret.size());
    if (hidden) text.replace(at, secret.size(), shown);
    at += hidden ? shown.size() : secret.size();
  }
  if (!word) hide_beginning_at_end(secret, text);
}

}  // namespace

std::string host_of(const Url& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  std::string host = ipv6 ? "[" + url.host + "]" : url.host;
  const std::uint16_t usual = url.tls ? 443 : 80;
  if (url.port != usual) host += ":" + std::to_string(url.port);
  return host;
}

std::string credential_lines(const Provider& provider, const ProviderRequest& request,
                             std::string_view google_token, TimeMs now, std::string_view method) {
  std::string out;
  const auto write_key = [&](std::string_view name, std::string_view before) {
    if (provider.api_key.empty()) return;
    write_header(out, name, std::string(before) + provider.api_key);
  };
  switch (provider.auth) {
    case Auth::bearer: write_key("authorization", "Bearer "); break;
    case Auth::x_api_key: write_key("x-api-key", ""); break;
    case Auth::x_goog_api_key: write_key("x-goog-api-key", ""); break;
    case Auth::api_key: write_key("api-key", ""); break;
    case Auth::sigv4: write_signature(provider, request, now, method, out); break;
    case Auth::google_oauth:
      write_header(out, "authorization", "Bearer " + std::string(google_token));
      break;
    case Auth::none: break;
  }
  return out;
}

std::string without_credentials(std::string text, const Provider& provider,
                                std::string_view google_token) {
  hide(provider.api_key, text);
  hide(provider.aws.keys.secret_access_key, text);
  hide(provider.aws.keys.session_token, text);
  hide(google_token, text);
  if (provider.google) {
    hide(provider.google->client_secret, text);
    hide(provider.google->refresh_token, text);
    hide(provider.google->private_key, text);
  }
  return text;
}

}  // namespace wye
