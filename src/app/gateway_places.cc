#include "app/gateway_places.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>

#include "app/load_policy.h"
#include "config/document.h"
#include "config/values.h"
#include "wire/http1.h"

namespace wye {
namespace {

// What a command looks for, in good rules and in a document that need not be good.
template <class T>
struct Wanted {
  std::string_view advice;
  T (*of_rules)(const Rules& rules);
  std::optional<T> (*of_document)(const config::Node& root);
};

// False for what stands in place of a section: what it was to say cannot be known.
bool is_section(const config::Node* node) {
  return node == nullptr || node->is_map() || node->is_null();
}

const config::Node* find_key(const config::Node* section, std::string_view key) {
  return section == nullptr ? nullptr : section->find(key);
}

constexpr Wanted<ListenAddress> wanted_listener{
    "name the admin listener itself with --admin",
    [](const Rules& rules) { return rules.server.admin_listen; },
    [](const config::Node& root) -> std::optional<ListenAddress> {
      const config::Node* server = root.find("server");
      if (!is_section(server)) return std::nullopt;
      const config::Node* node = find_key(server, "admin_listen");
      return node == nullptr ? ServerRules{}.admin_listen : config::read_address(node);
    }};

constexpr Wanted<std::string> wanted_store{
    "name the store itself with --store", [](const Rules& rules) { return rules.store_path; },
    [](const config::Node& root) -> std::optional<std::string> {
      const config::Node* store = root.find("store");
      if (!is_section(store)) return std::nullopt;
      const config::Node* node = find_key(store, "sqlite");
      if (node == nullptr) node = find_key(store, "path");
      if (node == nullptr) return Rules{}.store_path;
      const std::string path = config::read_text(node);
      return path.empty() ? std::nullopt : std::optional(path);
    }};

template <class T>
Result<T> find_in_file(const std::string& path, const Wanted<T>& wanted) {
  Result<LoadedFile> loaded = load_policy_file(path, {});
  if (!loaded) {
    return fail(FaultKind::config, fmt::format("{}; {}", loaded.error().message, wanted.advice));
  }
  if (loaded->result.rules) return wanted.of_rules(*loaded->result.rules);
  fmt::print(stderr, "{0} has errors; `wye check {0}` shows them\n", path);
  config::Diagnostics known;
  const auto root = config::parse_document(loaded->text, known);
  std::optional<T> found = root && root->is_map() ? wanted.of_document(*root) : std::nullopt;
  if (!found) {
    return fail(FaultKind::config,
                fmt::format("what is looked for cannot be read from it; {}", wanted.advice));
  }
  return std::move(*found);
}

}  // namespace

Result<ListenAddress> admin_address(const std::string& named, const std::string& config_path) {
  if (named.empty()) return find_in_file(config_path, wanted_listener);
  const Result<Url> url = parse_url(named);
  if (!url || url->tls) {
    return fail(FaultKind::config, "--admin is no address like http://127.0.0.1:8081");
  }
  return ListenAddress{url->host, url->port};
}

Result<std::string> store_to_read(const std::string& named, const std::string& config_path) {
  namespace fs = std::filesystem;
  if (!named.empty()) return fs::absolute(named).string();
  const Result<std::string> configured = find_in_file(config_path, wanted_store);
  if (!configured) return fail(configured.error());
  std::string path = fs::absolute(*configured);
  std::error_code unknown;
  if (fs::path(*configured).is_relative() && !fs::exists(path, unknown)) {
    return fail(FaultKind::store,
                fmt::format("there is no store {}: store.path of {} is relative to the working "
                            "directory of the gateway; run this there, or {}",
                            path, config_path, wanted_store.advice));
  }
  return path;
}

}  // namespace wye
