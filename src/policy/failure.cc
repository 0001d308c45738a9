// Many failed attempts, one clean fault.
#include "policy/failure.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/explain.h"

namespace wye {
namespace {

constexpr std::size_t detail_bytes_max = 160;
constexpr DurationMs wait_told_max_ms = 86'400'000;

// A lost probe or slot is not an attempt, and who was overtaken has not failed.
bool was_attempted(const Outcome& outcome) {
  return outcome.fault && was_called(outcome) && !was_overtaken(outcome);
}

// Cut where a character ends, so that the text stays UTF-8.
std::string_view shortened(std::string_view text) {
  if (text.size() <= detail_bytes_max) return text;
  std::size_t end = detail_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string_view without_stop(std::string_view text) {
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

// Retries of one deployment are told once, by the last of them.
std::string tried(const Rules& rules, std::span<const Outcome> outcomes) {
  std::string out;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!was_attempted(outcomes[i])) continue;
    const auto same = [&](const Outcome& other) {
      return other.step == outcomes[i].step && was_attempted(other);
    };
    const auto later = outcomes.subspan(i + 1);
    if (std::any_of(later.begin(), later.end(), same)) continue;
    const auto times = std::count_if(outcomes.begin(), outcomes.end(), same);
    if (!out.empty()) out += "; ";
    out += describe(outcomes[i], rules);
    if (times > 1) out += fmt::format(" ({} times)", times);
  }
  return out;
}

// Clients that come back at once come back together.
constexpr std::int64_t wait_told_min_ms = 1'000;

std::int64_t earliest_retry_ms(const Plan& plan, std::span<const Outcome> outcomes, TimeMs now) {
  std::int64_t earliest = -1;
  const auto take = [&](std::int64_t wait) {
    wait = std::max(wait, wait_told_min_ms);
    earliest = earliest < 0 ? wait : std::min(earliest, wait);
  };
  for (const Outcome& outcome : outcomes) {
    if (!outcome.fault || outcome.fault->retry_after_ms < 0) continue;
    const DurationMs wait = std::min(outcome.fault->retry_after_ms, wait_told_max_ms);
    take(outcome.started + outcome.duration_us / 1000 + wait - now);
  }
  if (earliest < 0) return -1;
  for (const Refusal& refusal : plan.refusals) {
    if (refusal.until > 0) take(refusal.until - now);
  }
  return earliest;
}

}  // namespace

std::string describe(const Outcome& outcome, const Rules& rules) {
  const auto index = static_cast<std::size_t>(outcome.deployment);
  const std::string_view name =
      index < rules.deployments.size() ? std::string_view(rules.deployments[index].name) : "?";
  if (!outcome.fault) return fmt::format("{}: {}", name, outcome.status);
  const Fault& fault = *outcome.fault;
  const std::string_view kind = to_string(fault.kind);
  if (outcome.status > 0) return fmt::format("{}: {} {}", name, outcome.status, kind);
  if (fault.message.empty()) return fmt::format("{}: {}", name, kind);
  return fmt::format("{}: {}", name, without_stop(shortened(fault.message)));
}

Fault failure(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes, TimeMs now) {
  const auto first = std::find_if(outcomes.begin(), outcomes.end(), was_attempted);
  if (first == outcomes.end()) {
    Fault out = fault(FaultKind::no_candidate,
                      "Every permitted deployment was taken by other requests. Try again in 1 s.");
    out.code = "capacity_exhausted";
    out.retry_after_ms = 1000;
    return out;
  }
  const bool alike = std::all_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
    return !was_attempted(outcome) || outcome.fault->kind == first->fault->kind;
  });
  const Outcome* last = &*first;
  for (const Outcome& outcome : outcomes) {
    if (was_attempted(outcome)) last = &outcome;
  }
  Fault out;
  out.kind = alike ? last->fault->kind : FaultKind::exhausted;
  out.code = alike ? last->fault->code : "all_deployments_failed";
  out.param = alike ? last->fault->param : "";
  out.provider_status = last->fault->provider_status;
  out.status = alike ? last->fault->status : 0;
  out.retry_after_ms = earliest_retry_ms(plan, outcomes, now);
  out.message = fmt::format("Every permitted deployment failed: {}.", tried(rules, outcomes));
  if (last->status > 0 && !last->fault->message.empty()) {
    out.message +=
        fmt::format(" The last one said: {}.", without_stop(shortened(last->fault->message)));
  }
  if (out.retry_after_ms >= 0) {
    out.message += fmt::format(" Try again in {}.", explain_wait(out.retry_after_ms));
  }
  return out;
}

Fault out_of_time(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
                  TimeMs now) {
  const std::string what = tried(rules, outcomes);
  Fault out = fault(
      FaultKind::timeout,
      fmt::format("The request was not answered within its deadline of {}{}{}.",
                  format_duration_ms(plan.deadline_ms), what.empty() ? "" : "; tried ", what));
  out.code = "deadline_exceeded";
  out.retry_after_ms = earliest_retry_ms(plan, outcomes, now);
  return out;
}

}  // namespace wye
