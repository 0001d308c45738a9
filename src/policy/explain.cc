// One phrase a reason.
#include "policy/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace wye {
namespace {

std::string names_in(NameSet set, const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < 64; ++i) {
    if (((set >> i) & 1) == 0) continue;
    if (!out.empty()) out += ", ";
    out += names[i];
  }
  return out;
}

// "10:40:31" of "2026-11-22T10:40:31.112Z".
std::string clock_time(TimeMs time) { return format_time_utc(time).substr(11, 8); }

// Everything that one phrase may need.
struct Subject {
  const Refusal& refusal;
  const Plan& plan;
  const Rules& rules;
  const Facts& facts;

  const Deployment& deployment() const {
    return rules.deployments[static_cast<std::size_t>(refusal.deployment)];
  }
  const Provider& provider() const {
    return rules.providers[static_cast<std::size_t>(deployment().provider)];
  }
  const Task* task() const {
    return plan.task < 0 ? nullptr : &rules.tasks[static_cast<std::size_t>(plan.task)];
  }
  const DeploymentFacts& seen() const { return facts.of(refusal.deployment); }
  std::string wait() const {
    return explain_wait(std::max<DurationMs>(0, refusal.until - facts.now));
  }
};

std::string explain_data_class(const Subject& subject) {
  const auto index = static_cast<std::size_t>(subject.refusal.wanted);
  const auto& classes = subject.rules.data_classes;
  const std::string_view name = index < classes.size() ? std::string_view(classes[index]) : "";
  return fmt::format("provider {} is not approved for {}", subject.provider().name, name);
}

std::string explain_region(const Subject& subject) {
  const std::string has = names_in(subject.provider().regions, subject.rules.regions);
  const NameSet permitted = subject.task() == nullptr ? 0 : subject.task()->regions;
  return fmt::format("region {} not in [{}]", has.empty() ? "unknown" : has,
                     names_in(permitted, subject.rules.regions));
}

std::string explain_circuit(const Subject& subject) {
  const DeploymentFacts& seen = subject.seen();
  std::string behind;
  if (seen.consecutive_bad > 0) {
    behind = fmt::format(" ({}x {})", seen.consecutive_bad,
                         to_string(static_cast<FaultKind>(seen.last_fault)));
  }
  return fmt::format("circuit open since {}{}, probe in {}", clock_time(seen.opened_at), behind,
                     subject.wait());
}

std::string explain_out(const Subject& subject) {
  const auto kind = static_cast<FaultKind>(subject.seen().last_fault);
  return fmt::format("out of service ({}), tried again in {}", to_string(kind), subject.wait());
}

}  // namespace

std::string explain_where(Where where, const Rules& rules) {
  if (where.line == 0) return {};
  // The name alone: clients read this, and the folders of this machine are not theirs to know.
  const std::string_view path = rules.source_path;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return fmt::format("{}:{}", name.empty() ? "configuration" : name, where.line);
}

std::string explain_wait(DurationMs wait) {
  if (wait < 1000) return fmt::format("{} ms", wait);
  if (wait <= 120'000) return fmt::format("{} s", (wait + 999) / 1000);
  return fmt::format("{} min", (wait + 59'999) / 60'000);
}

std::string explain(const Refusal& refusal, const Plan& plan, const Rules& rules,
                    const Facts& facts) {
  using enum RefusalReason;
  const Subject subject{refusal, plan, rules, facts};
  switch (refusal.reason) {
    case endpoint:
      return fmt::format("does not serve {}", to_string(static_cast<Endpoint>(refusal.wanted)));
    case ability: return fmt::format("no {}", to_string(refusal.missing));
    case context_window:
      return fmt::format("{} tokens > context window {}", refusal.wanted, refusal.limit);
    case output_limit:
      return fmt::format("{} output tokens asked > {} that it can give", refusal.wanted,
                         refusal.limit);
    case data_class: return explain_data_class(subject);
    case region: return explain_region(subject);
    case zdr: return fmt::format("provider {} retains data (no zdr)", subject.provider().name);
    case price:
      return fmt::format("price {} > max_price {}", format_price(refusal.wanted),
                         format_price(refusal.limit));
    case max_cost:
      return fmt::format("est. ${} > max_cost ${}", format_usd(refusal.wanted, 5),
                         format_usd(refusal.limit, 5));
    case price_unknown: return "price unknown, and a limit on cost is set";
    case circuit_open: return explain_circuit(subject);
    case probing: return "circuit half-open, another request is the probe";
    case rate_limited: return fmt::format("its provider asked to wait, free in {}", subject.wait());
    case out: return explain_out(subject);
    case requests_per_minute:
      return fmt::format("{} of {} requests this minute", refusal.wanted, refusal.limit);
    case tokens_per_minute:
      return fmt::format("{} of {} tokens this minute with this request", refusal.wanted,
                         refusal.limit);
    case parallel:
      return fmt::format("{} of {} parallel requests in flight", refusal.wanted, refusal.limit);
    case duplicate: return "already earlier in the plan";
    case no_fallback: return "permitted, but the client asked for no fallback";
  }
  return {};
}

}  // namespace wye
