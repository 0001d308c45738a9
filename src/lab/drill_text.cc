// The page of a drill: the verdict in one line, a table of before, during and after, and a plot.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/units.h"
#include "lab/drill_verdict.h"
#include "lab/text_page.h"

namespace wye {
namespace {

constexpr std::size_t bar_columns = 50;

// One kind of what became of a request, as the plot shows it. Shapes differ, not colours alone.
struct Mark {
  std::string_view glyph;
  const char* color;
  std::string_view meaning;
};
constexpr std::array<Mark, 4> marks = {{{"█", "32", "served by "},
                                        {"▒", "36", "by others"},
                                        {"░", "33", "degraded"},
                                        {"✗", "31", "failed"}}};

// All of a drill on live traffic is its middle phase.
void write_row(TextPage& page, std::string_view name, const auto& cell_of,
               const DrillStory& story) {
  const DrillVerdict& verdict = story.verdict;
  std::string text = fmt::format("  {:<22}", name);
  for (std::size_t i = 0; i < verdict.phases.size(); ++i) {
    if (story.live != nullptr && i != 1) continue;
    text += fmt::format("{:>11}", cell_of(verdict.phases[i]));
  }
  page.line("{}{:>14}", text, cell_of(verdict.undisturbed));
}

std::string percent(std::int64_t ppm) {
  return fmt::format("{:.1f} %", static_cast<double>(ppm) / 10'000);
}

std::string seconds(std::int64_t us) {
  return us < 0 ? "-" : fmt::format("{:.2f} s", static_cast<double>(us) / 1e6);
}

std::string rounded_usd(NanoUsd cost) {
  return (cost < 0 ? "-$" : "$") + format_usd(std::max(cost, -cost) / 1000 * 1000, 4);
}

std::string failures(const DrillFigures& figures) {
  std::string text;
  for (const auto& [name, count] : figures.failed)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text;
}

void write_live_heading(const DrillStory& story, TextPage& page) {
  const LiveFacts& live = *story.live;
  page.line("DRILL  {} of {} for {}   task {}   live: {:.3g} % of the requests are struck",
            to_string(story.plan.fault), story.plan.target.name,
            format_duration_ms(story.plan.for_ms), story.task, story.plan.share * 100);
  page.line("  {} by key {}, from {} to {}: {}", live.id, live.by, format_time_utc(story.at),
            format_time_utc(live.ended), live.ended_because);
  page.line("  {} attempts were answered or spoiled by the gateway, not by {}", live.injected,
            story.plan.target.name);
  if (live.left_out > 0)
    page.line("  {} requests are left out: they were wrong themselves", live.left_out);
}

void write_heading(const DrillStory& story, TextPage& page) {
  if (story.live != nullptr) return write_live_heading(story, page);
  const Traffic& traffic = story.traffic;
  page.line("DRILL  {} of {} for {}   {}   shadow: no provider is called, nothing is spent",
            to_string(story.plan.fault), story.plan.target.name,
            format_duration_ms(story.plan.for_ms),
            story.task.empty() ? "all tasks" : "task " + story.task);
  if (traffic.synthetic) {
    page.line("  {} made-up requests a round", traffic.asks.size());
  } else {
    page.line("  {} recorded requests of {} to {}, {:.3g} times as fast", traffic.asks.size(),
              format_time_utc(traffic.first), format_time_utc(traffic.last), traffic.speed);
    page.line(
        "  made again from what is recorded (size, stream, needs, key, task): bodies are not kept");
  }
  if (traffic.left_out > 0)
    page.line("  {} recorded requests are left out: they cannot be played", traffic.left_out);
  if (story.plan.share < 1)
    page.line("  the fault strikes {:.3g} % of the requests to {}", story.plan.share * 100,
              story.plan.target.name);
}

void write_paces(const DrillStory& story, TextPage& page) {
  if (story.live != nullptr) return;
  for (std::size_t i = 0; i < story.rules.deployments.size(); ++i) {
    const std::string& name = story.rules.deployments[i].name;
    const auto& served = story.verdict.disturbed.served;
    if (!served.contains(name) && !story.verdict.undisturbed.served.contains(name)) continue;
    const DeploymentPace& pace = story.traffic.paces[i];
    const std::string tokens =
        pace.tokens_per_second > 0 ? fmt::format(", {:.0f} tokens/s", pace.tokens_per_second) : "";
    page.line("  pace of {}: first token {} ms{}, {} to {} tokens ({})", name, pace.ttft_ms, tokens,
              pace.tokens_min, pace.tokens_max,
              pace.measured ? fmt::format("measured on {} answers", pace.answers)
                            : std::string("assumed: no answer of it is recorded"));
  }
}

void write_verdict(const DrillStory& story, TextPage& page) {
  const DrillVerdict& verdict = story.verdict;
  const DrillFigures& during = verdict.phases[1];
  const std::string said =
      fmt::format("{} of {} answered during the fault ({}){}; expected {}", during.answered,
                  during.requests, percent(during.answered_ppm()),
                  story.live != nullptr
                      ? std::string()
                      : fmt::format(", {} after it", percent(verdict.phases[2].answered_ppm())),
                  percent(verdict.expected_ppm));
  page.line("{}   {}",
            verdict.met() ? page.paint("32", "✓ SURVIVED") : page.paint("31", "✗ NOT SURVIVED"),
            said);
  if (story.live != nullptr && during.requests == 0)
    page.line("  {}: no request was struck", page.paint("33", "this proves nothing"));
  else if (verdict.target_served_undisturbed == 0)
    page.line("  {}: {} serves none of these requests even without the fault",
              page.paint("33", "this proves nothing"), story.plan.target.name);
}

// Every deployment that served anybody, in the order of the file.
void write_served(const DrillStory& story, TextPage& page) {
  const DrillVerdict& verdict = story.verdict;
  std::vector<std::string> names;
  for (const Deployment& deployment : story.rules.deployments) names.push_back(deployment.name);
  names.emplace_back();
  for (const std::string& name : names) {
    if (!verdict.disturbed.served.contains(name) && !verdict.undisturbed.served.contains(name))
      continue;
    const auto cell = [&](const DrillFigures& figures) {
      const auto found = figures.served.find(name);
      return found == figures.served.end() ? std::int64_t{0} : found->second;
    };
    write_row(page, "  by " + (name.empty() ? "a fixed answer" : name), cell, story);
  }
}

void write_table(const DrillStory& story, TextPage& page) {
  using Figures = DrillFigures;
  if (story.live != nullptr) {
    page.line("  {:<22}{:>11}{:>14}", "", "struck", "not struck");
  } else {
    page.line("  {:<22}{:>11}{:>11}{:>11}{:>14}", "", "before", "during", "after", "without fault");
  }
  write_row(
      page, "requests", [](const Figures& f) { return f.requests; }, story);
  write_row(
      page, "answered", [](const Figures& f) { return percent(f.answered_ppm()); }, story);
  write_served(story, page);
  write_row(
      page, "degraded", [](const Figures& f) { return f.degraded; }, story);
  write_row(
      page, "failed", [](const Figures& f) { return f.requests - f.answered; }, story);
  write_row(
      page, "first token p50", [](const Figures& f) { return seconds(f.ttft_p50_us); }, story);
  write_row(
      page, "            p99", [](const Figures& f) { return seconds(f.ttft_p99_us); }, story);
  write_row(
      page, "whole answer p50", [](const Figures& f) { return seconds(f.total_p50_us); }, story);
  write_row(
      page, "             p99", [](const Figures& f) { return seconds(f.total_p99_us); }, story);
  write_row(
      page, "calls a request",
      [](const Figures& f) {
        const auto requests = static_cast<double>(std::max<std::int64_t>(f.requests, 1));
        return fmt::format("{:.2f}", static_cast<double>(f.calls) / requests);
      },
      story);
  write_row(
      page, "cost", [](const Figures& f) { return rounded_usd(f.cost_nanousd); }, story);
}

void write_remarks(const DrillStory& story, TextPage& page) {
  const DrillVerdict& verdict = story.verdict;
  const std::string& target = story.plan.target.name;
  for (std::size_t i = 0; i < drill_phases.size(); ++i)
    if (!verdict.phases[i].failed.empty())
      page.line("  failed {}: {}", drill_phases[i], failures(verdict.phases[i]));
  if (!verdict.undisturbed.failed.empty())
    page.line("  failed without the fault: {}", failures(verdict.undisturbed));
  const NanoUsd before = verdict.undisturbed.cost_nanousd;
  const std::string share =
      before > 0
          ? fmt::format(" ({:+.1f} %)", 100 * static_cast<double>(verdict.extra_cost_nanousd) /
                                            static_cast<double>(before))
          : "";
  page.line("  extra cost {}{} against {}", rounded_usd(verdict.extra_cost_nanousd),
            story.live == nullptr ? share : "",
            story.live == nullptr ? "the same requests without the fault"
                                  : "as many requests that were not struck");
  const std::string back =
      story.live != nullptr ? "the real circuit knew nothing of it"
      : verdict.back_after_us < 0
          ? fmt::format("{} served nobody after it", target)
          : fmt::format("back on {} {} after it", target, seconds(verdict.back_after_us));
  page.line("  circuit {}; {} during the fault; {}",
            verdict.opened_after_us < 0 ? std::string("never opened")
                                        : "opened after " + seconds(verdict.opened_after_us),
            verdict.probes == 1 ? std::string("1 probe") : fmt::format("{} probes", verdict.probes),
            back);
}

// How many columns of `columns` each count gets; one at least for what happened at all.
std::array<std::size_t, 4> columns_of(const std::array<std::int64_t, 4>& counts,
                                      std::int64_t most) {
  std::array<std::size_t, 4> columns{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto exact = static_cast<std::size_t>(counts[i]) * bar_columns;
    columns[i] =
        counts[i] == 0 ? 0 : std::max<std::size_t>(1, exact / static_cast<std::size_t>(most));
  }
  return columns;
}

void write_timeline(const DrillStory& story, TextPage& page) {
  const DrillVerdict& verdict = story.verdict;
  std::string legend;
  for (std::size_t i = 0; i < marks.size(); ++i)
    legend += fmt::format("   {} {}{}", page.paint(marks[i].color, marks[i].glyph),
                          marks[i].meaning, i == 0 ? story.plan.target.name : "");
  page.line("\n  requests by when they were sent{}", legend);
  std::int64_t most = bar_columns;  // a bar is never longer than its requests
  const auto sum = [](const DrillBucket& b) {
    return b.target + b.elsewhere + b.degraded + b.failed;
  };
  for (const DrillBucket& bucket : verdict.timeline) most = std::max(most, sum(bucket));
  for (std::size_t i = 0; i < verdict.timeline.size(); ++i) {
    const DrillBucket& bucket = verdict.timeline[i];
    const MonoUs at = static_cast<MonoUs>(i) * verdict.bucket_us;
    const auto columns =
        columns_of({bucket.target, bucket.elsewhere, bucket.degraded, bucket.failed}, most);
    std::string bar;
    for (std::size_t kind = 0; kind < marks.size(); ++kind) {
      std::string run;
      for (std::size_t column = 0; column < columns[kind]; ++column) run += marks[kind].glyph;
      if (!run.empty()) bar += page.paint(marks[kind].color, run);
    }
    const bool struck =
        at + verdict.bucket_us > verdict.times.strikes_us && at < verdict.times.ends_us;
    page.line("  {:>6} s {} {} {}", at / us_per_second,
              struck ? page.paint("31", "┃") : std::string("│"), bar, sum(bucket));
  }
  page.line("  {} the fault is in force", page.paint("31", "       ┃"));
}

}  // namespace

std::string drill_text(const DrillStory& story, bool color) {
  TextPage page(color);
  write_heading(story, page);
  write_paces(story, page);
  write_verdict(story, page);
  page.line("");
  write_table(story, page);
  write_remarks(story, page);
  write_timeline(story, page);
  return page.take();
}

}  // namespace wye
