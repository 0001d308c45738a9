// Breaker, pauses, smoothed times and headroom of one deployment.
#include "policy/learn.h"

#include <algorithm>
#include <limits>

#include "base/units.h"
#include "policy/estimate.h"

namespace wye {
namespace {

std::int32_t narrow(std::int64_t value) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::int32_t>::max()));
}

void show_window(Health& health) {
  health.facts.window_ok = narrow(health.window.first());
  health.facts.window_bad = narrow(health.window.second());
  health.facts.minute_requests = health.minute.first();
  health.facts.minute_tokens = health.minute.second();
}

// --- circuit breaker ---

void open(Health& health, const BreakerRules& rules, TimeMs now) {
  DeploymentFacts& facts = health.facts;
  const DurationMs cooldown = std::max(health.cooldown_ms, rules.cooldown_min_ms);
  facts.breaker = BreakerState::open;
  facts.probe_taken = false;
  facts.probes_ok = 0;
  facts.opened_at = now;
  facts.open_until = now + cooldown;
  health.cooldown_ms = std::min(rules.cooldown_max_ms, cooldown * 2);
}

// What failed before the circuit opened says nothing about now.
void close(Health& health) {
  health.facts.breaker = BreakerState::closed;
  health.facts.probe_taken = false;
  health.facts.probes_ok = 0;
  health.facts.opened_at = 0;
  health.facts.open_until = 0;
  health.facts.consecutive_bad = 0;
  health.cooldown_ms = 0;
  health.window.clear();
}

// The circuit stays half-open until enough probes were answered; the next one may go at once.
void count_answered_probe(Health& health, const BreakerRules& rules) {
  health.facts.probe_taken = false;
  ++health.facts.probes_ok;
  if (health.facts.probes_ok >= rules.half_open) close(health);
}

// How long a fault takes the deployment out; 0: it does not. No wait of seconds and no second try
// mends these, so one is enough: nobody else is sent there before one request has found that it is
// mended.
DurationMs out_for(FaultKind kind) {
  switch (kind) {
    case FaultKind::quota: return out_for_quota_ms;
    case FaultKind::auth:
    case FaultKind::permission:
    case FaultKind::model_gone: return out_for_credential_ms;
    default: return 0;
  }
}

bool should_open(const Health& health, const BreakerRules& rules, FaultKind kind) {
  if (out_for(kind) > 0) return true;
  if (rules.consecutive > 0 && health.facts.consecutive_bad >= rules.consecutive) return true;
  const std::int64_t bad = health.window.second();
  const std::int64_t all = health.window.first() + bad;
  return bad > 0 && all >= rules.requests_min && bad * whole_ppm >= rules.error_rate_ppm * all;
}

void count_failure(Health& health, const BreakerRules& rules, FaultKind kind, bool is_probe,
                   TimeMs now) {
  health.window.add(0, 1);
  health.facts.consecutive_bad = narrow(std::int64_t{health.facts.consecutive_bad} + 1);
  health.facts.last_fault = static_cast<std::uint8_t>(kind);
  if (is_probe ||
      (health.facts.breaker == BreakerState::closed && should_open(health, rules, kind))) {
    open(health, rules, now);
  }
}

void learn_breaker(Health& health, const BreakerRules& rules, const Outcome& outcome, TimeMs now) {
  const bool is_probe =
      health.facts.breaker == BreakerState::half_open && outcome.started >= health.facts.open_until;
  // Who had little time is not blamed for being late, unless it was ill and has not shown that it
  // is well again.
  const bool excused = outcome.hurried && !is_probe;
  if (outcome.fault && traits(outcome.fault->kind).hurts_health && !excused) {
    return count_failure(health, rules, outcome.fault->kind, is_probe, now);
  }
  // Any other answer of the provider, even "your request is wrong", proves that it is there.
  const bool answered = !outcome.fault || outcome.status > 0;
  if (is_probe && answered) count_answered_probe(health, rules);
  if (is_probe && !answered) health.facts.probe_taken = false;
  if (!outcome.fault) {
    if (health.facts.breaker == BreakerState::closed) health.facts.consecutive_bad = 0;
    health.window.add(1, 0);
  }
}

// --- pauses ---

DurationMs believed(std::int64_t wait) {
  return std::clamp<std::int64_t>(wait, 0, wait_believed_max_ms);
}

// When a limit that is used up has room again; -1: none is, or nobody says.
std::int64_t used_up_for(const LimitsSeen& limits) {
  std::int64_t reset = -1;
  if (limits.requests_left == 0) reset = std::max(reset, limits.requests_reset_ms);
  if (limits.tokens_left == 0) reset = std::max(reset, limits.tokens_reset_ms);
  return reset;
}

// How long to leave a deployment that says "too many requests": its own word, or the reset of the
// limit that is used up, or a growing guess.
DurationMs limit_wait(Health& health, const Outcome& outcome) {
  if (outcome.fault->retry_after_ms >= 0) return believed(outcome.fault->retry_after_ms);
  const std::int64_t reset = used_up_for(outcome.limits);
  if (reset >= 0) return believed(reset);
  const DurationMs pause = std::max(health.limit_pause_ms, limit_pause_min_ms);
  health.limit_pause_ms = std::min(limit_pause_max_ms, pause * 2);
  return pause;
}

void learn_pauses(Health& health, const Outcome& outcome, TimeMs now) {
  DeploymentFacts& facts = health.facts;
  if (!outcome.fault) {
    health.limit_pause_ms = 0;
    // Somebody was served, so whatever was out is back.
    if (outcome.started >= facts.out_until) facts.out_until = 0;
    // It was the last one for now: the next would be refused.
    const DurationMs used_up = believed(used_up_for(outcome.limits));
    if (used_up > 0) facts.limited_until = std::max(facts.limited_until, now + used_up);
    return;
  }
  const std::int64_t retry_after = believed(outcome.fault->retry_after_ms);
  switch (outcome.fault->kind) {
    case FaultKind::rate_limit:
      facts.limited_until = std::max(facts.limited_until, now + limit_wait(health, outcome));
      break;
    case FaultKind::overloaded:
    case FaultKind::outage:
      if (retry_after > 0) facts.limited_until = std::max(facts.limited_until, now + retry_after);
      break;
    default: break;
  }
  DurationMs out = out_for(outcome.fault->kind);
  // Only an account says when it is filled again.
  if (outcome.fault->kind == FaultKind::quota) out = std::max(out, retry_after);
  if (out == 0) return;
  facts.out_until = std::max(facts.out_until, now + out);
  facts.last_fault = static_cast<std::uint8_t>(outcome.fault->kind);
}

// --- smoothed times ---

void smooth(std::int32_t& value, std::int64_t sample) {
  if (sample < 0) return;
  value = value < 0 ? narrow(sample) : narrow(value + (sample - value) / smoothing);
}

std::int32_t tail_with(LatencyHistogram& times, std::int64_t us, int percentile) {
  times.add(us);
  const std::int64_t tail = times.at_percentile(percentile);
  return tail < 0 ? -1 : narrow(tail);
}

// A hedge that lost was given up when the other one was there, so its time says nothing. Whole are
// answers of which the client had nothing before their end: of others the client's own reading is
// part of the time. What has no tokens (an embedding, a count) is another kind of answer.
void learn_tails(Health& health, const HedgeRules& rules, const Outcome& outcome) {
  if (rules.percentile == 0) return;
  if (outcome.ttft_us >= 0) {
    health.facts.ttft_tail_us = tail_with(health.ttft, outcome.ttft_us, rules.percentile);
  }
  if (!outcome.fault && !outcome.committed && outcome.usage.output > 0) {
    health.facts.whole_tail_us = tail_with(health.whole, outcome.duration_us, rules.percentile);
  }
}

void learn_times(DeploymentFacts& facts, const Outcome& outcome) {
  if (outcome.fault) {
    // Whoever kept us waiting in vain took at least this long.
    if (outcome.fault->kind == FaultKind::ttft) smooth(facts.ttft_us, outcome.duration_us);
    return;
  }
  if (outcome.ttft_us >= 0) {
    smooth(facts.ttft_us, outcome.ttft_us);
    if (outcome.usage.output > 1) {
      smooth(facts.us_per_token,
             (outcome.duration_us - outcome.ttft_us) / (outcome.usage.output - 1));
    }
    return;
  }
  // Not streamed: what is known of the wait before the first token is taken off. Where nothing was
  // ever streamed, the time a token simply holds all of it.
  if (outcome.usage.output <= 0) {
    smooth(facts.ttft_us, outcome.duration_us);  // embeddings and the like have nothing but a wait
    return;
  }
  const std::int64_t writing_us = outcome.duration_us - std::max<std::int32_t>(facts.ttft_us, 0);
  smooth(facts.us_per_token, std::max<std::int64_t>(writing_us, 0) / outcome.usage.output);
}

// --- tokens ---

void learn_correction(Health& health, const Outcome& outcome) {
  const bool told = outcome.usage.source == UsageSource::provider;
  if (outcome.fault || (!told && outcome.input_counted == 0)) return;
  const std::int64_t input = told ? outcome.usage.input : outcome.input_counted;
  learn_tokens(health.tokens, outcome.input_estimated, input);
  health.facts.input_tokens_ppm = correction_ppm(health.tokens);
}

// --- headroom ---

void learn_headroom(std::int32_t& left_ppm, TimeMs& reset_at, std::int64_t limit, std::int64_t left,
                    std::int64_t reset_ms, TimeMs now) {
  if (left < 0 || limit <= 0) return;
  // In floating point this would be shorter and would not replay.
  left_ppm = narrow(
      static_cast<std::int64_t>(static_cast<__int128>(std::min(left, limit)) * whole_ppm / limit));
  // Who does not say when the limit resets is taken to mean a minute.
  reset_at = now + (reset_ms >= 0 ? believed(reset_ms) : ms_per_minute);
}

void expire_headroom(std::int32_t& left_ppm, TimeMs& reset_at, TimeMs now) {
  if (reset_at == 0 || reset_at > now) return;
  left_ppm = -1;
  reset_at = 0;
}

}  // namespace

void learn(Health& health, const Reliability& rules, const Outcome& outcome, TimeMs now) {
  // The step was never started (see Outcome::fault): nothing to learn, and the probe is another's.
  if (!was_called(outcome)) return;
  tick(health, rules.breaker, now);
  health.minute.add(1,
                    believed_tokens(outcome.usage.input) + believed_tokens(outcome.usage.output));
  learn_breaker(health, rules.breaker, outcome, now);
  learn_pauses(health, outcome, now);
  learn_times(health.facts, outcome);
  learn_tails(health, rules.hedge, outcome);
  learn_correction(health, outcome);
  const LimitsSeen& limits = outcome.limits;
  learn_headroom(health.facts.requests_left_ppm, health.requests_reset_at, limits.requests_limit,
                 limits.requests_left, limits.requests_reset_ms, now);
  learn_headroom(health.facts.tokens_left_ppm, health.tokens_reset_at, limits.tokens_limit,
                 limits.tokens_left, limits.tokens_reset_ms, now);
  show_window(health);
}

void tick(Health& health, const BreakerRules& rules, TimeMs now) {
  health.window.advance(now, rules.window_ms);
  health.minute.advance(now, ms_per_minute);
  expire_headroom(health.facts.requests_left_ppm, health.requests_reset_at, now);
  expire_headroom(health.facts.tokens_left_ppm, health.tokens_reset_at, now);
  if (health.facts.breaker == BreakerState::open && health.facts.open_until <= now) {
    health.facts.breaker = BreakerState::half_open;
    health.facts.probe_taken = false;
    health.facts.probes_ok = 0;
  }
  show_window(health);
}

}  // namespace wye
