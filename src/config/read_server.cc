// server, reliability and baseline; see loading.h.
#include <fmt/format.h>

#include <charconv>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

// Overwrites `out` when the value is there.
template <class To, class From>
void set(To& out, const std::optional<From>& value) {
  if (value) out = static_cast<To>(*value);
}

const Node* find_in(const Node* node, std::string_view key) {
  return node == nullptr ? nullptr : node->find(key);
}

void set_range(DurationMs& from, DurationMs& to, const Node* node) {
  if (const auto range = read_duration_range(node)) {
    from = range->first;
    to = range->second;
  }
}

bool takes_all(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

// Several sockets may share one address here, so the kernel would not refuse the second listener:
// it would get a part of the first one's clients. Port 0 is any free one.
void check_listeners(Loading& loading, const Node* listen, const Node* admin_listen) {
  const ListenAddress& api = loading.rules.server.listen;
  const ListenAddress& admin = loading.rules.server.admin_listen;
  if (api.port != admin.port || api.port == 0) return;
  const auto host = [](const ListenAddress& one) {
    return one.host == "localhost" ? std::string("127.0.0.1") : one.host;
  };
  if (host(api) != host(admin) && !takes_all(api.host) && !takes_all(admin.host)) return;
  const Node* shown = admin_listen != nullptr ? admin_listen : listen;
  if (shown == nullptr) return;
  loading.add(Code::same_listener, place_of(*shown),
              fmt::format("\"listen\" and \"admin_listen\" both take port {}", api.port),
              "give admin_listen another port");
}

}  // namespace

void read_server(Loading& loading) {
  const Node* server = loading.root.find("server");
  ServerRules& rules = loading.rules.server;
  if (const auto address = read_address(find_in(server, "listen"))) rules.listen = *address;
  if (const auto address = read_address(find_in(server, "admin_listen")))
    rules.admin_listen = *address;
  check_listeners(loading, find_in(server, "listen"), find_in(server, "admin_listen"));
  set(rules.threads, read_integer(find_in(server, "threads")));
  const Node* limits = find_in(server, "limits");
  set(rules.head_bytes_max, read_bytes(find_in(limits, "head")));
  set(rules.body_bytes_max, read_bytes(find_in(limits, "body")));
  set(rules.answer_bytes_max, read_bytes(find_in(limits, "answer")));
  set(rules.connections_max, read_count(find_in(limits, "connections")));
  set(rules.requests_max, read_count(find_in(limits, "requests")));
  const Node* timeouts = find_in(server, "timeouts");
  set(rules.head_timeout_ms, read_duration(find_in(timeouts, "head")));
  set(rules.body_timeout_ms, read_duration(find_in(timeouts, "body")));
  set(rules.idle_timeout_ms, read_duration(find_in(timeouts, "idle")));
  set(rules.drain_timeout_ms, read_duration(find_in(timeouts, "drain")));
}

void read_reliability(Loading& loading) {
  const Node* reliability = loading.root.find("reliability");
  const Node* retries = find_in(reliability, "retries");
  RetryRules& retry = loading.rules.reliability.retries;
  set(retry.max, read_integer(find_in(retries, "max")));
  set_range(retry.backoff_min_ms, retry.backoff_max_ms, find_in(retries, "backoff"));
  set(retry.jitter_ppm, read_percent_ppm(find_in(retries, "jitter")));
  set(retry.honor_retry_after_ms, read_duration(find_in(retries, "honor_retry_after")));
  const Node* budget = find_in(retries, "budget");
  set(retry.budget_share_ppm, read_percent_ppm(find_in(budget, "share")));
  set(retry.budget_floor_per_s, read_rate(find_in(budget, "floor")));
  const Node* circuit = find_in(reliability, "circuit_breaker");
  BreakerRules& breaker = loading.rules.reliability.breaker;
  set(breaker.window_ms, read_duration(find_in(circuit, "window")));
  set(breaker.requests_min, read_count(find_in(circuit, "min_requests")));
  set(breaker.error_rate_ppm, read_percent_ppm(find_in(circuit, "error_rate")));
  set(breaker.consecutive, read_count(find_in(circuit, "consecutive")));
  set_range(breaker.cooldown_min_ms, breaker.cooldown_max_ms, find_in(circuit, "cooldown"));
  set(breaker.half_open, read_integer(find_in(circuit, "half_open")));
  const Node* hedge = find_in(reliability, "hedge");
  HedgeRules& hedging = loading.rules.reliability.hedge;
  if (hedge != nullptr) hedging.percentile = 95;
  if (const std::string after = read_text(find_in(hedge, "after")); !after.empty()) {
    std::from_chars(after.data() + 1, after.data() + after.size(), hedging.percentile);
  }
  set(hedging.extra_max_ppm, read_percent_ppm(find_in(hedge, "max_extra")));
  set(loading.rules.reliability.deadline_ms, read_duration(find_in(reliability, "deadline")));
}

void read_baseline(Loading& loading) {
  const Node* single = find_in(loading.root.find("baseline"), "single");
  if (single == nullptr) return;
  const int deployment = find_deployment(loading, *single);
  if (deployment < 0) return;
  loading.rules.baseline = deployment;
  loading.rules.baseline_where = single->where;
  const auto at = static_cast<std::size_t>(deployment);
  loading.deployment_used[at] = true;
  if (loading.rules.deployments[at].price.base.known()) return;
  loading.add(Code::baseline_price, place_of(*single),
              fmt::format("the price of the baseline \"{}\" is not known", single->text),
              "give its price in the deployment");
}

}  // namespace wye::config
