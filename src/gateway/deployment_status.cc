#include "gateway/deployment_status.h"

#include <fmt/format.h>

#include <string>

namespace wye {
namespace {

bool has_failed(const DeploymentFacts& facts) {
  return facts.window_bad > 0 || facts.consecutive_bad > 0 || facts.breaker != BreakerState::closed;
}

std::string_view last_fault(const DeploymentFacts& facts) {
  return to_string(static_cast<FaultKind>(facts.last_fault));
}

std::string why_probing(const DeploymentFacts& facts, const BreakerRules& rules) {
  std::string out = fmt::format("opened by {}; ", last_fault(facts));
  if (rules.half_open > 1) {
    out += fmt::format("{} of {} probes are answered; ", facts.probes_ok, rules.half_open);
  }
  return out + (facts.probe_taken ? "a probe is under way" : "the next request is a probe");
}

// A sentence for people; "" when all is well.
std::string why(const DeploymentFacts& facts, const BreakerRules& rules, TimeMs now) {
  const std::string_view state = state_word(facts, now);
  if (state == "out") {
    return fmt::format("out of service: {}; not asked before {}", last_fault(facts),
                       format_time_utc(facts.out_until));
  }
  if (state == "open") {
    return fmt::format("{} failures in a row, the last one {}; next try at {}",
                       facts.consecutive_bad, last_fault(facts), format_time_utc(facts.open_until));
  }
  if (state == "probing") return why_probing(facts, rules);
  if (state == "limited") {
    return fmt::format("the provider asked to wait until {}", format_time_utc(facts.limited_until));
  }
  return {};
}

void write_time(JsonWriter& json, std::string_view name, TimeMs time, TimeMs now) {
  if (time > now) json.field(name, format_time_utc(time));
}

void write_ms(JsonWriter& json, std::string_view name, std::int32_t us) {
  if (us >= 0) json.field(name, static_cast<double>(us) / 1000.0);
}

void write_ratio(JsonWriter& json, std::string_view name, std::int32_t ppm) {
  if (ppm >= 0) json.field(name, static_cast<double>(ppm) / 1e6);
}

// The configured ones; 0: none.
void write_limits(JsonWriter& json, const DeploymentLimits& limits) {
  json.key("limits").begin_object();
  json.field("requests_per_minute", limits.requests_per_minute);
  json.field("tokens_per_minute", limits.tokens_per_minute);
  json.field("parallel", limits.parallel);
  json.end_object();
}

void write_breaker(JsonWriter& json, const DeploymentLive& live, const DeploymentFacts& facts,
                   TimeMs now) {
  json.field("circuit", to_string(facts.breaker));
  json.field("opened_total", std::uint64_t{live.opened.load(std::memory_order_relaxed)});
  json.field("window_ok", std::int64_t{facts.window_ok});
  json.field("window_bad", std::int64_t{facts.window_bad});
  json.field("consecutive_bad", std::int64_t{facts.consecutive_bad});
  if (has_failed(facts)) json.field("last_fault", last_fault(facts));
  if (facts.breaker != BreakerState::closed && facts.opened_at > 0) {
    json.field("opened_at", format_time_utc(facts.opened_at));
  }
  write_time(json, "open_until", facts.open_until, now);
  write_time(json, "limited_until", facts.limited_until, now);
  write_time(json, "out_until", facts.out_until, now);
}

}  // namespace

std::string_view state_word(const DeploymentFacts& facts, TimeMs now) {
  if (facts.out_until > now) return "out";
  if (facts.breaker == BreakerState::open) return "open";
  if (facts.breaker == BreakerState::half_open) return "probing";
  return facts.limited_until > now ? "limited" : "ok";
}

void write_deployment_status(JsonWriter& json, const ActivePolicy& policy, std::size_t index,
                             const DeploymentFacts& facts, TimeMs now) {
  const Rules& rules = *policy.rules;
  const Deployment& deployment = rules.deployments[index];
  json.begin_object();
  json.field("name", deployment.name);
  json.field("provider", rules.providers[static_cast<std::size_t>(deployment.provider)].name);
  json.field("model", deployment.model);
  json.field("state", state_word(facts, now));
  const std::string reason = why(facts, rules.reliability.breaker, now);
  if (!reason.empty()) json.field("why", reason);
  write_breaker(json, *policy.live[index], facts, now);
  json.field("in_flight", std::int64_t{facts.in_flight});
  json.field("minute_requests", facts.minute_requests);
  json.field("minute_tokens", facts.minute_tokens);
  write_ratio(json, "requests_left_ratio", facts.requests_left_ppm);
  write_ratio(json, "tokens_left_ratio", facts.tokens_left_ppm);
  write_limits(json, deployment.limits);
  write_ms(json, "ttft_ms", facts.ttft_us);
  write_ms(json, "ttft_tail_ms", facts.ttft_tail_us);
  write_ms(json, "whole_tail_ms", facts.whole_tail_us);
  write_ms(json, "ms_per_token", facts.us_per_token);
  write_ratio(json, "input_tokens_ratio", facts.input_tokens_ppm);
  json.end_object();
}

}  // namespace wye
