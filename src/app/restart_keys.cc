#include "app/restart_keys.h"

namespace wye {
namespace {

bool same(const ListenAddress& a, const ListenAddress& b) {
  return a.host == b.host && a.port == b.port;
}

}  // namespace

std::vector<std::string_view> restart_keys(const Rules& started, const Rules& then) {
  const ServerRules& a = started.server;
  const ServerRules& b = then.server;
  std::vector<std::string_view> keys;
  if (!same(a.listen, b.listen)) keys.emplace_back("server.listen");
  if (!same(a.admin_listen, b.admin_listen)) keys.emplace_back("server.admin_listen");
  if (a.threads != b.threads) keys.emplace_back("server.threads");
  if (a.connections_max != b.connections_max) keys.emplace_back("server.limits.connections");
  if (started.store_path != then.store_path) keys.emplace_back("store.path");
  return keys;
}

}  // namespace wye
