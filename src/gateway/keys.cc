#include "gateway/keys.h"

#include <utility>

#include "base/text.h"
#include "gateway/browser_guard.h"

namespace wye {

std::string_view presented_key(const Headers& headers) {
  const std::string_view authorization = headers.get("authorization");
  constexpr std::string_view bearer = "bearer ";
  if (authorization.size() > bearer.size() &&
      equal_ignoring_case(authorization.substr(0, bearer.size()), bearer)) {
    return trim(authorization.substr(bearer.size()));
  }
  for (const std::string_view name : {"x-api-key", "api-key", "x-goog-api-key"}) {
    if (const std::string_view value = headers.get(name); !value.empty()) return value;
  }
  return {};
}

namespace {

// Gemini's clients may say their key in the address: "key=...".
std::string_view key_in_query(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
    if (pair.starts_with("key=")) return pair.substr(4);
  }
  return {};
}

int index_by_hash(const Rules& rules, std::string_view presented) {
  const Sha256 hash = sha256(presented);
  const std::string_view raw(reinterpret_cast<const char*>(hash.data()), hash.size());
  return find_index(rules.key_by_hash, raw);
}

// Who may ask when no keys are configured.
Result<int> check_neighbour(const Rules& rules, const HttpRequest& request) {
  if (!request.stream.peer_is_loopback()) {
    return fail(
        FaultKind::unauthenticated,
        "no virtual key is configured, so this gateway answers clients on its own machine only; "
        "add a key under `keys:` in its configuration");
  }
  Result<void> checked = refuse_foreign_pages(request.head.headers, rules.server.listen.host);
  if (checked) return -1;
  checked.error().message += "; add a key under `keys:` in the configuration and send it";
  return fail(std::move(checked.error()));
}

}  // namespace

Result<int> find_key(const Rules& rules, KeyMemo& memo, const HttpRequest& request, TimeMs now) {
  if (rules.keys.empty()) return check_neighbour(rules, request);
  std::string_view presented = presented_key(request.head.headers);
  if (presented.empty()) presented = key_in_query(request.head.target);
  if (presented.empty()) {
    return fail(
        FaultKind::unauthenticated,
        "no key was sent; send a virtual key of this gateway as `Authorization: Bearer KEY`");
  }
  int index = memo.find(presented);
  if (index < 0) {
    index = index_by_hash(rules, presented);
    if (index >= 0) memo.remember(index);
  }
  if (index < 0) {
    return fail(
        FaultKind::unauthenticated,
        "the key is not one of this gateway's virtual keys (provider keys are not accepted here)");
  }
  const Key& key = rules.keys[static_cast<std::size_t>(index)];
  if (key.expires != 0 && now >= key.expires) {
    return fail(FaultKind::unauthenticated,
                "the key \"" + key.name + "\" expired at " + format_time_utc(key.expires));
  }
  return index;
}

}  // namespace wye
