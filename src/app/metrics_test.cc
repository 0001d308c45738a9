// The metrics of a real server against the records that it stored: the same story, told twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "app/test_metrics.h"
#include "core/record_read.h"

namespace wye {
namespace {

using Sums = std::map<std::string, double>;

std::string fault_of(const std::optional<Fault>& fault, const std::string& none) {
  return fault ? std::string(to_string(fault->kind)) : none;
}

std::string status_of(int status) { return std::to_string(status / 100) + "xx"; }

class Metrics : public MetricsServer {
 protected:
  // What the stored records add up to, told as series.
  Sums sums_of_records() {
    Sums sums;
    Result<LoadedFile> loaded = load_policy_file(config_path(), {});
    EXPECT_TRUE(loaded && loaded->result.rules);
    const Rules& rules = *loaded->result.rules;
    auto store = open_sqlite_reader(store_path());
    EXPECT_TRUE(store);
    const Result<void> read = (*store)->list(0, 1'000, [&](const StoredRecord& row) {
      const Result<Replay> record = read_record(row.body, rules);
      EXPECT_TRUE(record) << record.error().message;
      add_request(row, *record, sums);
      for (std::size_t i = 0; i < record->outcomes.size(); ++i) {
        const Outcome* before = i > 0 ? &record->outcomes[i - 1] : nullptr;
        add_attempt(rules, record->outcomes[i], before, sums);
      }
      return true;
    });
    EXPECT_TRUE(read);
    return sums;
  }

  static void add_request(const StoredRecord& row, const Replay& record, Sums& sums) {
    const std::string task = row.task.empty() ? "none" : row.task;
    ++sums[labelled("wye_requests_total", {"task", task, "status", status_of(row.status), "fault",
                                           fault_of(record.fault, "none")})];
    ++sums[labelled("wye_request_duration_seconds_count", {"task", task})];
    sums[labelled("wye_request_duration_seconds_sum", {"task", task})] +=
        static_cast<double>(record.total_us) / 1e6;
    ++sums["wye_overhead_seconds_count"];
    if (record.ttft_us >= 0)
      ++sums[labelled("wye_time_to_first_token_seconds_count", {"task", task})];
    if (!record.degraded.empty()) ++sums[labelled("wye_degraded_answers_total", {"task", task})];
    if (!record.served_by.empty()) {
      ++sums[labelled("wye_served_total", {"deployment", record.served_by})];
      sums[labelled("wye_cost_usd_total", {"deployment", record.served_by, "kind", "baseline"})] +=
          static_cast<double>(std::max<NanoUsd>(0, record.baseline_cost_nanousd)) / 1e9;
    }
  }

  static void add_attempt(const Rules& rules, const Outcome& outcome, const Outcome* before,
                          Sums& sums) {
    const std::string name = rules.deployments[static_cast<std::size_t>(outcome.deployment)].name;
    const std::string result = outcome.fault ? "failed" : "ok";
    ++sums[labelled("wye_attempts_total",
                    {"deployment", name, "result", fault_of(outcome.fault, "ok")})];
    if (outcome.retry > 0 && was_called(outcome))
      ++sums[labelled("wye_retries_total", {"deployment", name})];
    if (outcome.repair) ++sums[labelled("wye_repaired_answers_total", {"result", result})];
    if (outcome.resume != Resume::none) {
      ++sums[labelled("wye_resumed_streams_total",
                      {"how", std::string(to_string(outcome.resume)), "result", result})];
    }
    if (before != nullptr && before->step != outcome.step) {
      const auto left = static_cast<std::size_t>(before->deployment);
      ++sums[labelled("wye_fallbacks_total", {"deployment", rules.deployments[left].name, "reason",
                                              fault_of(before->fault, "none")})];
    }
    sums[labelled("wye_tokens_total", {"deployment", name, "kind", "input"})] +=
        static_cast<double>(outcome.usage.input);
    sums[labelled("wye_tokens_total", {"deployment", name, "kind", "output"})] +=
        static_cast<double>(outcome.usage.output);
    sums[labelled("wye_cost_usd_total", {"deployment", name, "kind", "actual"})] +=
        static_cast<double>(outcome.cost_nanousd) / 1e9;
  }
};

TEST_F(Metrics, SayWhatTheRecordsSay) {
  const int sent = send_requests();
  const Scrape seen = scrape();
  const Sums sums = sums_of_records();
  ASSERT_GT(sums.size(), 20U);
  for (const auto& [series, value] : sums) EXPECT_NEAR(seen.of(series), value, 1e-9) << series;
  // And nothing else.
  for (const char* family : {"wye_requests_total", "wye_attempts_total", "wye_fallbacks_total",
                             "wye_retries_total", "wye_cost_usd_total", "wye_tokens_total"}) {
    double all = 0;
    for (const auto& [series, value] : sums) {
      if (series.starts_with(std::string(family) + "{")) all += value;
    }
    EXPECT_NEAR(seen.sum(family), all, 1e-9) << family;
  }
  EXPECT_EQ(seen.sum("wye_requests_total"), sent);
}

TEST_F(Metrics, TheRequestsMetWhatTheyWereMeantTo) {
  send_requests();
  const Scrape seen = scrape();
  EXPECT_GE(seen.sum("wye_retries_total"), 1);
  EXPECT_GE(seen.of(labelled("wye_fallbacks_total", {"deployment", "broken", "reason", "outage"})),
            1);
  EXPECT_GE(seen.sum("wye_resumed_streams_total"), 1);
  EXPECT_EQ(seen.of(labelled("wye_repaired_answers_total", {"result", "ok"})), 1);
  EXPECT_EQ(seen.of(labelled("wye_degraded_answers_total", {"task", "busy"})), 2);
  EXPECT_EQ(
      seen.of(labelled("wye_attempts_total", {"deployment", "limited", "result", "rate_limit"})),
      1);
  EXPECT_GE(seen.of(labelled("wye_refused_candidates_total", {"reason", "circuit_open"})), 1);
  EXPECT_EQ(seen.of(labelled("wye_route_requests_total", {"route", "shaky", "status", "2xx"})), 3);
}

TEST_F(Metrics, TellHowThingsStand) {
  send_requests();
  const Scrape seen = scrape();
  EXPECT_EQ(seen.of(labelled("wye_deployment_circuit_state", {"deployment", "broken"})), 2);
  EXPECT_EQ(seen.of(labelled("wye_deployment_circuit_opened_total", {"deployment", "broken"})), 1);
  EXPECT_EQ(seen.of(labelled("wye_deployment_circuit_state", {"deployment", "fast"})), 0);
  EXPECT_EQ(seen.of(labelled("wye_deployment_limited", {"deployment", "limited"})), 1);
  EXPECT_EQ(seen.of(labelled("wye_deployment_in_flight", {"deployment", "fast"})), 0);
  EXPECT_EQ(seen.of("wye_ready"), 1);
  EXPECT_EQ(seen.of("wye_store_late_rows"), 0);
  EXPECT_EQ(seen.of(labelled("wye_build_info", {"version", "1.2.3"})), 1);
  EXPECT_EQ(seen.sum("wye_config_info"), 1);
  EXPECT_EQ(seen.of("wye_config_last_reload_success"), 1);
  EXPECT_GT(seen.of("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(seen.of("process_cpu_seconds_total"), 0);
  const double connections = seen.sum("wye_upstream_connections_total");
  EXPECT_GE(connections, 8);
  EXPECT_GE(seen.of("wye_retry_budget_left"), 1);
}

TEST_F(Metrics, AClientSeesItsOwnConnection) {
  Client idle(ports_.api);
  idle.say(chat("fast", false));
  EXPECT_TRUE(is(idle.hear_answer(), 200));
  EXPECT_TRUE(eventually([&] {
    return scrape().of(labelled("wye_client_connections", {"state", "idle"})) == 1;
  }));
  const Scrape on_api(page(ports_.api, "/metrics"));
  EXPECT_EQ(on_api.of("wye_requests_in_flight"), 1) << "the scrape itself, on this listener";
  EXPECT_EQ(on_api.of(labelled("wye_client_connections", {"state", "busy"})), 1);
}

TEST_F(Metrics, OutliveAReload) {
  send_requests();
  const double before = scrape().sum("wye_requests_total");
  std::string changed = policy();
  const std::string shuffled = "tasks:\n  earlier: { route: shaky }\n";
  changed.replace(changed.find("tasks:\n"), 7, shuffled);
  const std::string first = policy_in_force();
  std::ofstream(config_path()) << changed;
  int more = 1;
  EXPECT_TRUE(eventually([&] {
    ++more;
    return policy_in_force() != first;
  }));
  const Scrape after = scrape();
  EXPECT_EQ(after.sum("wye_requests_total"), before + more);
  EXPECT_EQ(
      after.of(labelled("wye_requests_total", {"task", "chat", "status", "2xx", "fault", "none"})),
      3)
      << "a task keeps its counts when its index changes";
  std::ofstream(config_path()) << "version: 1\nservers: {}\n";
  EXPECT_TRUE(eventually([&] { return scrape().of("wye_config_last_reload_success") == 0; }));
}

TEST_F(Metrics, HoldNothingThatAClientMadeUp) {
  for (int i = 0; i < 20; ++i) {
    ask(ports_.api, chat("made-up-" + std::to_string(i), false, closing));
    ask(ports_.api, chat("fast", false,
                         "x-wye-tags: made-up\r\nx-wye-task: made-up\r\n" + std::string(closing)));
  }
  EXPECT_EQ(scrape().text.find("made-up"), std::string::npos);
}

}  // namespace
}  // namespace wye
