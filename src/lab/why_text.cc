// The text of `wye why`: who served, what was tried, who else was considered and why not.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "lab/text_page.h"
#include "lab/why.h"
#include "policy/explain.h"

namespace wye {
namespace {

std::string ms(std::int64_t us) {
  if (us < 0) return "?";
  if (us < 10'000) return fmt::format("{:.2f} ms", static_cast<double>(us) / 1000);
  return fmt::format("{} ms", (us + 500) / 1000);
}

std::string exact_usd(NanoUsd cost) { return cost < 0 ? "?" : "$" + format_usd(cost, 6); }

const Deployment* deployment_at(const Why& why, int index) {
  const auto i = static_cast<std::size_t>(index);
  return index >= 0 && i < why.rules->deployments.size() ? &why.rules->deployments[i] : nullptr;
}

std::string deployment_name(const Why& why, int index) {
  const Deployment* deployment = deployment_at(why, index);
  return deployment != nullptr ? deployment->name : "(none)";
}

std::string task_words(const Why& why) {
  if (why.plan.task < 0) return "no task";
  return fmt::format("task {} ({})", why.rules->tasks[static_cast<std::size_t>(why.plan.task)].name,
                     to_string(why.plan.task_source));
}

void write_heading(const Why& why, TextPage& page) {
  const Replay& record = why.record;
  std::string key = record.ask.key.empty() ? "" : "  key " + record.ask.key;
  if (!record.ask.team.empty()) key += " of " + record.ask.team;
  page.line("{}  {}{}  {}  policy {}", page.bold(format_request_id(record.id)),
            format_time_utc(record.started), key, task_words(why),
            record.fingerprint.substr(0, 12));
  if (!record.client_id.empty()) page.line("  the client calls it {}", record.client_id);
  if (!record.drill.empty()) {
    page.line("  struck by {}: decided by the drill's own books of its target", record.drill);
  }
}

// What became of a request that no deployment served.
std::string unserved_words(const Replay& record, const TextPage& page) {
  if (record.fault) return page.red("NOT SERVED: " + std::string(to_string(record.fault->kind)));
  if (!record.degraded.empty()) return page.red("FIXED ANSWER");
  return page.green("DRY RUN: nobody was called");
}

void write_verdict(const Why& why, TextPage& page) {
  const Replay& record = why.record;
  // What is not streamed comes whole: its first token is its last.
  const bool tokens_came = record.ask.stream && record.ttft_us >= 0;
  const std::string times = fmt::format(
      "{}{}   gateway {}", ms(record.total_us),
      tokens_came ? " (first token " + ms(record.ttft_us) + ")" : "", ms(record.overhead_us));
  if (record.served_by.empty()) {
    page.line("{}   {}   {}", unserved_words(record, page), record.status, times);
    if (record.fault) page.line("  {}", record.fault->message);
  } else {
    std::string cost = (record.cost_known ? "" : "at least ") + exact_usd(record.cost_nanousd);
    const auto served = std::find_if(
        why.plan.steps.begin(), why.plan.steps.end(),
        [&](const PlanStep& s) { return deployment_name(why, s.deployment) == record.served_by; });
    if (served != why.plan.steps.end())
      cost += " (predicted " + exact_usd(served->cost_nanousd) + ")";
    const std::string verdict = record.fault ? page.red("CUT SHORT: begun by " + record.served_by)
                                             : page.green("SERVED BY " + record.served_by);
    page.line("{}   {}   {}   {}", verdict, record.status, times, cost);
    if (record.fault) page.line("  {}", record.fault->message);
  }
  if (!record.degraded.empty()) page.line("  degraded, as the policy permits: {}", record.degraded);
}

void write_usage_line(const Why& why, TextPage& page) {
  const Replay& record = why.record;
  if (record.usage.source == UsageSource::none) return;
  std::string text = fmt::format("  tokens {} in", record.usage.input);
  if (record.usage.cache_read > 0) text += fmt::format(" ({} from cache)", record.usage.cache_read);
  text += fmt::format(", {} out", record.usage.output);
  if (record.usage.reasoning > 0) text += fmt::format(" ({} reasoning)", record.usage.reasoning);
  text += fmt::format(", as {}", record.usage.source == UsageSource::provider
                                     ? "the provider counted"
                                     : std::string(to_string(record.usage.source)));
  if (record.baseline_cost_nanousd >= 0) {
    text += fmt::format("; on the baseline {} it would have cost {}",
                        deployment_name(why, why.rules->baseline),
                        exact_usd(record.baseline_cost_nanousd));
  }
  page.line("{}", text);
}

void write_attempts(const Why& why, TextPage& page) {
  int number = 0;
  for (const Outcome& outcome : why.record.outcomes) {
    std::string end;
    if (outcome.fault) {
      end = page.red(fmt::format("{}{}",
                                 outcome.status != 0 ? fmt::format("{} ", outcome.status) : "",
                                 to_string(outcome.fault->kind)));
      end += fmt::format(" after {}: {} ({})", ms(outcome.duration_us), outcome.fault->message,
                         outcome.committed ? "after the first token: nobody else could take over"
                                           : "nothing was sent to the client");
    } else {
      end = fmt::format("{} in {}", page.green(std::to_string(outcome.status)),
                        ms(outcome.duration_us));
      if (outcome.ttft_us >= 0) end += fmt::format(", first token {}", ms(outcome.ttft_us));
    }
    if (outcome.drill) end += ", played by the drill";
    if (outcome.wait_us > 1000) end += fmt::format(", waited {} before", ms(outcome.wait_us));
    page.line("  attempt {}  {:<20} {}", ++number, deployment_name(why, outcome.deployment), end);
  }
}

enum class Stage {
  policy,
  capability,
  price,
  health
};

Stage stage_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::data_class:
    case RefusalReason::region:
    case RefusalReason::zdr: return Stage::policy;
    case RefusalReason::endpoint:
    case RefusalReason::ability:
    case RefusalReason::context_window:
    case RefusalReason::output_limit: return Stage::capability;
    case RefusalReason::price:
    case RefusalReason::max_cost:
    case RefusalReason::price_unknown: return Stage::price;
    default: return Stage::health;
  }
}

void write_funnel(const Why& why, TextPage& page) {
  static constexpr std::array<std::string_view, 4> names{"policy", "capability", "price", "health"};
  std::array<std::size_t, 4> refused{};
  for (const Refusal& refusal : why.plan.refusals) {
    if (refusal.reason != RefusalReason::duplicate) {
      ++refused[static_cast<std::size_t>(stage_of(refusal.reason))];
    }
  }
  std::size_t left = 0;
  for (const PlanStep& step : why.plan.steps) left += step.deployment >= 0 ? 1 : 0;
  for (const std::size_t count : refused) left += count;
  std::string text = page.bold(fmt::format("CANDIDATES {}", left));
  for (std::size_t i = 0; i < names.size(); ++i) {
    left -= refused[i];
    text += fmt::format(" → {} {}", names[i], left);
  }
  page.line("{}", text);
}

std::string step_note(const Why& why, const PlanStep& step, std::size_t index) {
  std::string note;
  for (const Outcome& outcome : why.record.outcomes) {
    if (static_cast<std::size_t>(outcome.step) != index) continue;
    note = !outcome.fault ? "← served" : index == 0 ? "tried first, failed" : "tried, failed";
  }
  if (step.degrade)
    note += note.empty() ? "permitted downgrade" : ", permitted downgrade";
  else if (step.fallback >= 0)
    note += note.empty() ? "fallback" : ", fallback";
  if (step.probe) note += note.empty() ? "probe" : ", probe of an open circuit";
  return note;
}

void write_candidates(const Why& why, TextPage& page) {
  page.line("  {}", page.dim(fmt::format("#  {:<24} {:>12} {:>10}  note", "deployment", "est. cost",
                                         "est. time")));
  for (std::size_t i = 0; i < why.plan.steps.size(); ++i) {
    const PlanStep& step = why.plan.steps[i];
    const std::string name =
        step.deployment < 0 ? "fixed answer" : deployment_name(why, step.deployment);
    page.line("  {}  {:<24} {:>12} {:>10}  {}", i + 1, name, exact_usd(step.cost_nanousd),
              step.duration_us < 0 ? "unmeasured" : ms(step.duration_us), step_note(why, step, i));
  }
  for (const Refusal& refusal : why.plan.refusals) {
    const std::string where = explain_where(refusal.where, *why.rules);
    page.line("  ✗  {:<24} {}{}", deployment_name(why, refusal.deployment),
              explain(refusal, why.plan, *why.rules, why.record.facts),
              where.empty() ? "" : "   " + page.dim("(" + where + ")"));
  }
}

void write_choice(const Why& why, TextPage& page) {
  std::string text = fmt::format("  by {}", to_string(why.plan.strategy));
  if (why.plan.route >= 0) {
    text += " of route " + why.rules->routes[static_cast<std::size_t>(why.plan.route)].name;
  }
  if (why.plan.stuck) text += ", kept with the deployment that has this conversation's cache";
  for (const int rule : why.plan.rules_matched) {
    const Rule& matched = why.rules->rules[static_cast<std::size_t>(rule)];
    text += fmt::format("; rule {}{}", explain_where(matched.where, *why.rules),
                        rule == why.plan.rule ? " decided" : " matched too");
  }
  page.line("{}", text);
}

void write_replay(const Why& why, TextPage& page) {
  page.line("replay: {} (seed {:#x}, facts of {})",
            why.identical ? page.green("identical decision ✓")
                          : page.red("DIFFERENT decision ✗ (made by another version of wye?)"),
            why.record.facts.seed, format_time_utc(why.record.facts.now));
  using Verdict = StepsReplay::Verdict;
  if (why.steps.verdict == Verdict::different)
    page.line("        {}: {}", page.red("DIFFERENT steps ✗"), why.steps.what);
  if (why.steps.verdict == Verdict::partial)
    page.line("        the steps in part only: an older version did not record all they go by");
}

}  // namespace

std::string why_text(const Why& why, bool color) {
  TextPage page(color);
  write_heading(why, page);
  write_verdict(why, page);
  write_usage_line(why, page);
  write_attempts(why, page);
  if (!why.record.decided) {
    page.line("no decision was made: the request was refused before any deployment was considered");
    return page.take();
  }
  // A name that nobody knows, or a key that may not: nobody was ever considered.
  if (!why.plan.steps.empty() || !why.plan.refusals.empty()) {
    write_funnel(why, page);
    write_choice(why, page);
    write_candidates(why, page);
  }
  write_replay(why, page);
  return page.take();
}

}  // namespace wye
