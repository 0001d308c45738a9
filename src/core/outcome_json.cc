// Writing attempts, usage and faults. What has its usual value is left out.
#include "core/outcome_json.h"

#include <algorithm>

#include "core/json_fields.h"

namespace wye {
namespace {

void write_limits(JsonWriter& json, const LimitsSeen& limits) {
  if (limits == LimitsSeen{}) return;
  constexpr std::int64_t unsaid = -1;
  json.key("limits");
  json.begin_object();
  field_unless(json, "requests_limit", limits.requests_limit, unsaid);
  field_unless(json, "requests_left", limits.requests_left, unsaid);
  field_unless(json, "requests_reset_ms", limits.requests_reset_ms, unsaid);
  field_unless(json, "tokens_limit", limits.tokens_limit, unsaid);
  field_unless(json, "tokens_left", limits.tokens_left, unsaid);
  field_unless(json, "tokens_reset_ms", limits.tokens_reset_ms, unsaid);
  json.end_object();
}

void write_told(JsonWriter& json, const NextFacts& told, TimeMs base) {
  json.key("next");
  json.begin_object();
  json.field("at_ms", told.now - base);
  field_if(json, "resumable", told.resumable);
  if (!told.retry_allowed) json.field("retry_allowed", false);
  field_if(json, "client_gone", told.client_gone);
  field_if(json, "draining", told.draining);
  json.end_object();
}

}  // namespace

void write_fault(JsonWriter& json, JsonKey name, const Fault& fault) {
  json.key(name);
  json.begin_object();
  json.field("kind", to_string(fault.kind));
  field_unless_empty(json, "message", fault.message);
  field_unless_empty(json, "code", fault.code);
  field_unless_empty(json, "param", fault.param);
  field_unless(json, "provider_status", fault.provider_status, 0);
  field_unless(json, "retry_after_ms", fault.retry_after_ms, std::int64_t{-1});
  field_unless(json, "status", fault.status, 0);
  field_if(json, "only_here", fault.only_here);
  json.end_object();
}

void write_usage(JsonWriter& json, JsonKey name, const Usage& usage) {
  constexpr std::int64_t nothing = 0;
  json.key(name);
  json.begin_object();
  field_unless(json, "input", usage.input, nothing);
  field_unless(json, "cache_read", usage.cache_read, nothing);
  field_unless(json, "cache_write", usage.cache_write, nothing);
  field_unless(json, "output", usage.output, nothing);
  field_unless(json, "reasoning", usage.reasoning, nothing);
  if (usage.source != UsageSource::none) json.field("source", to_string(usage.source));
  json.end_object();
}

Usage usage_served(const std::vector<Outcome>& outcomes) {
  const auto whole = std::find_if(outcomes.rbegin(), outcomes.rend(),
                                  [](const Outcome& outcome) { return !outcome.fault; });
  return whole == outcomes.rend() ? Usage{} : whole->usage;
}

void write_outcome(JsonWriter& json, const Outcome& outcome, const Rules& rules, TimeMs base,
                   bool streamed) {
  constexpr std::int64_t unknown = -1;
  constexpr std::int64_t nothing = 0;
  json.begin_object();
  field_unless(json, "step", outcome.step, 0);
  const auto index = static_cast<std::size_t>(outcome.deployment);
  if (index < rules.deployments.size()) json.field("deployment", rules.deployments[index].name);
  field_unless(json, "retry", outcome.retry, 0);
  field_unless(json, "at_ms", outcome.started - base, TimeMs{0});
  field_unless(json, "wait_us", outcome.wait_us, nothing);
  field_unless(json, "connect_us", outcome.connect_us, unknown);
  field_unless(json, "first_byte_us", outcome.first_byte_us, unknown);
  field_unless(json, "ttft_us", outcome.ttft_us, unknown);
  json.field("duration_us", outcome.duration_us);
  field_unless(json, "status", outcome.status, 0);
  if (outcome.fault) write_fault(json, "fault", *outcome.fault);
  if (outcome.committed != usually_committed(outcome, streamed))
    json.field("committed", outcome.committed);
  if (outcome.resume != Resume::none) json.field("resume", to_string(outcome.resume));
  field_if(json, "hedge", outcome.hedge);
  field_if(json, "repair", outcome.repair);
  field_if(json, "drill", outcome.drill);
  if (outcome.finish != FinishReason::none) json.field("finish", to_string(outcome.finish));
  field_unless_empty(json, "model", outcome.provider_model);
  field_unless_empty(json, "request_id", outcome.provider_request_id);
  if (outcome.usage != Usage{}) write_usage(json, "usage", outcome.usage);
  field_unless(json, "input_counted", outcome.input_counted, nothing);
  write_limits(json, outcome.limits);
  field_unless(json, "events_malformed", outcome.events_malformed, nothing);
  if (outcome.cost_known)
    json.field("cost_nanousd", outcome.cost_nanousd);
  else
    field_unless(json, "cost_at_least_nanousd", outcome.cost_nanousd, NanoUsd{0});
  if (outcome.told) write_told(json, *outcome.told, base);
  json.end_object();
}

}  // namespace wye
