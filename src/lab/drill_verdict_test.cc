// The arithmetic of verdicts, on runs that are written out by hand.
#include "lab/drill_verdict.h"

#include <gtest/gtest.h>

#include "lab/quantile.h"

namespace wye {
namespace {

constexpr MonoUs second = 1'000'000;

Rules two_deployments() {
  Rules rules;
  rules.providers.resize(2);
  rules.providers[0].name = "acme";
  rules.providers[1].name = "backup";
  rules.deployments.resize(2);
  rules.deployments[0].name = "first";
  rules.deployments[1].name = "second";
  rules.deployments[1].provider = 1;
  rules.reliability.breaker.cooldown_max_ms = 5'000;
  rules.index_names();
  return rules;
}

DrillPlan ten_seconds_of_acme() {
  DrillPlan plan;
  plan.target = {"acme", {0}};
  plan.for_ms = 10'000;
  return plan;
}

DrillAnswer answered(MonoUs at, const std::string& by, std::int64_t total_us = 1'000) {
  DrillAnswer answer;
  answer.at_us = at;
  answer.whole = true;
  answer.served_by = by;
  answer.total_us = total_us;
  answer.cost_nanousd = 10;
  answer.calls = 1;
  return answer;
}

DrillAnswer failed(MonoUs at, const std::string& how) {
  DrillAnswer answer;
  answer.at_us = at;
  answer.failed = how;
  answer.calls = 3;
  return answer;
}

// One request a second for half a minute, all by the first deployment.
DrillRun quiet_run() {
  DrillRun run;
  for (int i = 0; i < 30; ++i) run.answers.push_back(answered(i * second, "first"));
  return run;
}

TEST(Quantile, IsOneOfTheValuesByNearestRank) {
  EXPECT_EQ(quantile({}, 0.5), -1);
  EXPECT_EQ(quantile({7}, 0.99), 7);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.5), 2);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.51), 3);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
}

TEST(DrillTimes, LeaveTimeForTwoCooldownsAfterTheFault) {
  Rules rules = two_deployments();
  DrillPlan plan = ten_seconds_of_acme();
  DrillTimes times = drill_times(rules, plan);
  EXPECT_EQ(times.strikes_us, 10 * second);
  EXPECT_EQ(times.ends_us, 20 * second);
  EXPECT_EQ(times.over_us, 30 * second);
  rules.reliability.breaker.cooldown_max_ms = 30'000;
  EXPECT_EQ(drill_times(rules, plan).over_us, 80 * second);
}

TEST(DrillVerdict, CountsPhasesAndTakesTheWorseOfDuringAndAfter) {
  const Rules rules = two_deployments();
  const DrillPlan plan = ten_seconds_of_acme();
  DrillRun run = quiet_run();
  for (std::size_t i = 10; i < 19; ++i) run.answers[i].served_by = "second";
  run.answers[19] = failed(19 * second, "outage");
  run.answers[20] = failed(20 * second, "no_candidate");
  run.answers[21] = failed(21 * second, "no_candidate");
  run.answers[12].degraded = true;
  run.answers[12].cost_nanousd = 500;
  const DrillVerdict verdict = judge_drill(rules, plan, run, quiet_run(), 900'000);
  const auto& [before, during, after] = verdict.phases;
  EXPECT_EQ(before.requests, 10);
  EXPECT_EQ(before.served, (std::map<std::string, std::int64_t>{{"first", 10}}));
  EXPECT_EQ(during.answered, 9);
  EXPECT_EQ(during.degraded, 1);
  EXPECT_EQ(during.failed, (std::map<std::string, std::int64_t>{{"outage", 1}}));
  EXPECT_EQ(during.calls, 12);
  EXPECT_EQ(after.failed, (std::map<std::string, std::int64_t>{{"no_candidate", 2}}));
  EXPECT_EQ(during.answered_ppm(), 900'000);
  EXPECT_EQ(verdict.success_ppm, 800'000) << "what failed after the fault counts, too";
  EXPECT_FALSE(verdict.met());
  EXPECT_EQ(verdict.undisturbed.answered, 30);
  EXPECT_EQ(verdict.target_served_undisturbed, 30);
  EXPECT_EQ(verdict.extra_cost_nanousd, 490 - 3 * 10);
  EXPECT_EQ(verdict.back_after_us, 2 * second);
  EXPECT_TRUE(judge_drill(rules, plan, run, quiet_run(), 800'000).met());
}

TEST(DrillVerdict, TimesAreOfAnsweredRequestsAlone) {
  const Rules rules = two_deployments();
  DrillRun run;
  for (int i = 1; i <= 100; ++i) run.answers.push_back(answered(i, "first", i));
  run.answers[4].ttft_us = 3;
  run.answers.push_back(failed(500, "timeout"));
  run.answers.back().total_us = 99'000'000;
  const DrillFigures before =
      judge_drill(rules, ten_seconds_of_acme(), run, quiet_run(), 0).phases[0];
  EXPECT_EQ(before.total_p50_us, 50);
  EXPECT_EQ(before.total_p99_us, 99);
  EXPECT_EQ(before.ttft_p99_us, 3) << "of streams alone";
}

TEST(DrillVerdict, ReadsTheCircuit) {
  const Rules rules = two_deployments();
  DrillRun run = quiet_run();
  run.circuits = {{9 * second, 0, BreakerState::open},  // before the fault: not its doing
                  {10 * second - 1, 0, BreakerState::closed},
                  {11 * second, 1, BreakerState::open},  // somebody else's
                  {12 * second, 0, BreakerState::open},
                  {17 * second, 0, BreakerState::half_open},
                  {18 * second, 0, BreakerState::open},
                  {25 * second, 0, BreakerState::closed}};
  run.calls = {
      {10 * second, 0}, {11 * second, 0}, {17 * second + 1, 0}, {19 * second, 0}, {21 * second, 0}};
  const DrillVerdict verdict = judge_drill(rules, ten_seconds_of_acme(), run, quiet_run(), 990'000);
  EXPECT_EQ(verdict.opened_after_us, 2 * second);
  EXPECT_EQ(verdict.probes, 2) << "calls while it was not closed, within the fault";
}

TEST(DrillVerdict, OfNothingIsNoFailure) {
  const Rules rules = two_deployments();
  const DrillVerdict verdict = judge_drill(rules, ten_seconds_of_acme(), {}, {}, 990'000);
  EXPECT_EQ(verdict.success_ppm, 1'000'000);
  EXPECT_EQ(verdict.opened_after_us, -1);
  EXPECT_EQ(verdict.back_after_us, -1);
  EXPECT_EQ(verdict.phases[1].total_p99_us, -1);
}

TEST(DrillVerdict, TheTimelineHoldsEveryRequestOnce) {
  const Rules rules = two_deployments();
  DrillRun run = quiet_run();
  run.answers[10].served_by = "second";
  run.answers[11].degraded = true;
  run.answers[12] = failed(12 * second, "outage");
  const DrillVerdict verdict = judge_drill(rules, ten_seconds_of_acme(), run, quiet_run(), 990'000);
  ASSERT_EQ(verdict.timeline.size(), 30U);
  EXPECT_EQ(verdict.bucket_us, second);
  EXPECT_EQ(verdict.timeline[9].target, 1);
  EXPECT_EQ(verdict.timeline[10].elsewhere, 1);
  EXPECT_EQ(verdict.timeline[11].degraded, 1);
  EXPECT_EQ(verdict.timeline[12].failed, 1);
}

TEST(DrillText, SaysWhatMattersAndProvesNothingWhenNobodyWasThere) {
  const Rules rules = two_deployments();
  const DrillPlan plan = ten_seconds_of_acme();
  DrillRun elsewhere = quiet_run();
  for (DrillAnswer& answer : elsewhere.answers) answer.served_by = "second";
  const DrillVerdict verdict = judge_drill(rules, plan, elsewhere, elsewhere, 990'000);
  Traffic traffic;
  traffic.synthetic = true;
  traffic.paces.resize(2);
  const DrillStory story{rules, plan, traffic, verdict, "", 0};
  const std::string page = drill_text(story, false);
  EXPECT_NE(page.find("SURVIVED"), std::string::npos);
  EXPECT_NE(page.find("this proves nothing: acme serves none"), std::string::npos) << page;
  EXPECT_EQ(page.find("\033["), std::string::npos);
  EXPECT_NE(drill_text(story, true).find("\033["), std::string::npos);
  EXPECT_NE(drill_json(story).find(R"("target_served_undisturbed":0)"), std::string::npos);
}

}  // namespace
}  // namespace wye
