// Secrets: following references, and finding secrets that stand in the file in clear. What is found
// is never repeated in a message and is masked in the lines that are printed.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

// How the keys of well-known vendors begin.
constexpr auto key_beginnings =
    std::to_array<std::string_view>({"sk-", "gsk_", "xai-", "AIza", "csk-", "pplx-", "fw_",
                                     "tgp_v1_", "pa-", "AKIA", "ghp_", "eyJhbGci"});
constexpr std::size_t key_bytes_min = 20;

bool in_word(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

// Words such as sk-this-is-a-name have no digits; keys do.
bool looks_like_key(std::string_view word) {
  if (word.size() < key_bytes_min) return false;
  if (std::none_of(word.begin(), word.end(), is_digit)) return false;
  return std::any_of(key_beginnings.begin(), key_beginnings.end(),
                     [word](std::string_view beginning) { return word.starts_with(beginning); });
}

void mask(std::string& text, std::size_t from, std::size_t length) {
  std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(from), length, '*');
}

// Masks what follows api_key: or secret: on its line unless it is a reference, so that a line that
// is printed for another reason, even a syntax error, shows no secret.
void mask_by_key(std::string& text) {
  for (const std::string_view key :
       {"api_key:", "secret:", "secret_key:", "session_token:", "api_key\":", "secret\":",
        "secret_key\":", "session_token\":"}) {
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
      const std::size_t from = text.find_first_not_of(" \t\"'", at + key.size());
      if (from == std::string::npos || text[from] == '$' || text[from] == '\n' ||
          text[from] == '\r')
        continue;
      const std::size_t to = std::min(text.find_first_of("\"'\r\n,} ", from), text.size());
      mask(text, from, to - from);
    }
  }
}

// Masks user and password of an address: what stands between :// and the last @ before its end.
void mask_credentials_of_urls(std::string& text) {
  constexpr std::string_view mark = "://";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'", from), text.size());
    const std::size_t sign = text.rfind('@', end);
    if (sign != std::string::npos && sign > from && sign < end) mask(text, from, sign - from);
  }
}

void collect_clear_values(const Node& node, const Diagnostics& diagnostics,
                          std::vector<std::string>& out) {
  if (node.is_scalar()) {
    const bool clear =
        std::any_of(diagnostics.all().begin(), diagnostics.all().end(), [&](const Diagnostic& one) {
          return one.code == Code::clear_secret && one.where.line == node.where.line &&
                 one.where.column == node.where.column;
        });
    if (clear) out.push_back(node.text);
  }
  for (const Node& item : node.items) collect_clear_values(item, diagnostics, out);
  for (const Entry& entry : node.entries) collect_clear_values(entry.value, diagnostics, out);
}

}  // namespace

std::string mask_secrets(std::string_view text, std::vector<Place>& found) {
  std::string shown(text);
  Where where{1, 1};
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\n') {
      ++where.line;
      where.column = 1;
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && in_word(text[end])) ++end;
    if (looks_like_key(text.substr(i, end - i))) {
      found.push_back({where, end - i});
      mask(shown, i, end - i);
    }
    const std::size_t next = std::max(end, i + 1);
    where.column += static_cast<int>(next - i);
    i = next;
  }
  mask_by_key(shown);
  mask_credentials_of_urls(shown);
  return shown;
}

void mask_clear_values(const Node& root, const Diagnostics& diagnostics, std::string& shown_text) {
  const bool any =
      std::any_of(diagnostics.all().begin(), diagnostics.all().end(),
                  [](const Diagnostic& one) { return one.code == Code::clear_secret; });
  if (!any) return;
  std::vector<std::string> values;
  collect_clear_values(root, diagnostics, values);
  for (const std::string& value : values) {
    // A block of several lines is masked line by line.
    for (const std::string_view line : split(value, '\n')) {
      if (line.size() < 4) continue;
      for (std::size_t at = shown_text.find(line); at != std::string::npos;
           at = shown_text.find(line, at + 1)) {
        mask(shown_text, at, line.size());
      }
    }
  }
}

void report_secrets(const std::vector<Place>& found, Diagnostics& diagnostics) {
  for (const Place& place : found) {
    const bool reported =
        std::any_of(diagnostics.all().begin(), diagnostics.all().end(), [&](const Diagnostic& one) {
          return one.code == Code::clear_secret && one.where.line == place.where.line;
        });
    if (reported) continue;
    diagnostics.add(Code::clear_secret, place.where, place.length,
                    "this looks like a secret written in clear",
                    "keep it in the environment and write \"${env:NAME}\"");
  }
}

std::string checked_secret(Loading& loading, std::string secret, Place place,
                           std::string_view source) {
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  const bool printable =
      std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!secret.empty() && printable) return secret;
  const std::string_view what = secret.empty() ? "is empty" : "holds spaces or control characters";
  Diagnostic& one = loading.add(Code::secret_unusable, place, fmt::format("{} {}", source, what));
  if (loading.options.secrets_required) one.severity = Severity::error;
  return {};
}

namespace {

// What a reference leads to, unchecked, and what to call it.
struct Referenced {
  std::string text;
  std::string source;
};

std::optional<Referenced> follow(Loading& loading, const Node& node) {
  const auto reference = read_reference(&node);
  if (!reference) return std::nullopt;
  std::string missing;
  if (reference->kind == Reference::Kind::variable) {
    if (auto value = loading.environment.variable(reference->target)) {
      return Referenced{std::move(*value),
                        fmt::format("environment variable {}", reference->target)};
    }
    missing = fmt::format("environment variable {} is not set", reference->target);
  } else {
    auto text = loading.environment.read_file(reference->target);
    if (text) return Referenced{std::move(*text), fmt::format("file {}", reference->target)};
    missing = text.error().message;
  }
  Diagnostic& one = loading.add(Code::secret_missing, place_of(node), std::move(missing));
  if (loading.options.secrets_required) one.severity = Severity::error;
  return std::nullopt;
}

}  // namespace

std::string read_secret(Loading& loading, const Node& node) {
  auto found = follow(loading, node);
  if (!found) return {};
  return checked_secret(loading, std::move(found->text), place_of(node), found->source);
}

std::string read_secret_text(Loading& loading, const Node& node) {
  auto found = follow(loading, node);
  return found ? std::move(found->text) : std::string();
}

}  // namespace wye::config
