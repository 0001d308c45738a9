#include "app/banner.h"

#include <fmt/core.h>

#include <cstdio>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "core/rules.h"

namespace wye {
namespace {

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A name that the example request can ask for.
std::string model_to_try(const Rules& rules) {
  if (!rules.tasks.empty()) return std::string(task_prefix) + rules.tasks.front().name;
  if (!rules.routes.empty()) return rules.routes.front().name;
  return rules.deployments.empty() ? "MODEL" : rules.deployments.front().name;
}

std::string audience(const Rules& rules) {
  if (rules.keys.empty()) {
    return is_loopback(rules.server.listen.host)
               ? "on loopback only; no key is asked for"
               : "beyond loopback, but only clients on this machine are answered until a key is "
                 "configured";
  }
  const char* const reach =
      is_loopback(rules.server.listen.host) ? "on loopback only" : "beyond loopback";
  return fmt::format("{}; {}", reach, plural(std::ssize(rules.keys), "virtual key"));
}

}  // namespace

std::string authority(const std::string& host, std::uint16_t port) {
  return host.find(':') != std::string::npos ? fmt::format("[{}]:{}", host, port)
                                             : fmt::format("{}:{}", host, port);
}

void print_banner(const BannerFacts& facts) {
  const Rules& rules = facts.rules;
  const std::string api = authority(rules.server.listen.host, facts.port);
  const char* key = rules.keys.empty() ? "" : " -H \"Authorization: Bearer $YOUR_KEY\"";
  fmt::print("wye {} · {} (policy {}) · {}, {}, {}\n", facts.version, rules.source_path,
             rules.fingerprint.substr(0, 12), plural(std::ssize(rules.providers), "provider"),
             plural(std::ssize(rules.deployments), "deployment"),
             plural(std::ssize(rules.tasks), "task"));
  fmt::print("  API      http://{}/v1   {}\n", api, audience(rules));
  fmt::print("  Admin    http://{}/admin/v1/status, /metrics   (wye status)\n",
             authority(rules.server.admin_listen.host, facts.admin_port));
  fmt::print("  Records  {}   (wye why last)\n", rules.store_path);
  if (facts.simulator) fmt::print("  Models   answered by the embedded provider simulator\n");
  fmt::print(
      "  Try:     curl -s http://{}/v1/chat/completions{} -H 'content-type: application/json' \\\n"
      "             -d "
      "'{{\"model\":\"{}\",\"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}]}}'\n",
      api, key, model_to_try(rules));
  std::fflush(stdout);
}

}  // namespace wye
