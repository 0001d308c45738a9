// Drill: who is struck, when, and one run of the traffic. See drill.h.
#include "lab/drill.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/units.h"
#include "core/record_read.h"
#include "lab/drill_request.h"
#include "lab/rehearsal.h"
#include "wire/json.h"

namespace wye {
namespace {

constexpr std::string_view drill_id_prefix = "drill-";
constexpr int cut_after_tokens = 5;
constexpr double tokens_a_word = 1.3;  // of the simulator's words
// The time after the fault holds the longest cooldown of a circuit this many times.
constexpr std::int64_t cooldowns_after = 2;

// What the simulator plays; slowness is no fault of an answer but a pace.
std::string sim_fault_json(const DrillPlan& plan) {
  std::string out;
  JsonWriter json(out);
  const auto write = [&](const char* kind, const char* option, int value) {
    json.begin_object().field("kind", kind).field("rate", plan.share).field(option, value);
    json.end_object();
  };
  json.begin_array();
  switch (plan.fault) {
    case DrillFault::outage: write("status_503", "retry_after_ms", -1); break;
    case DrillFault::rate_limit:
      write("rate_limit", "retry_after_ms", drill_retry_after_s * 1'000);
      break;
    case DrillFault::hang: write("hang", "wait_ms", -1); break;
    case DrillFault::cut: write("cut", "after_tokens", cut_after_tokens); break;
    case DrillFault::invalid_json: write("truncated_json", "after_tokens", cut_after_tokens); break;
    case DrillFault::slow: break;
  }
  json.end_array();
  return out;
}

class Drill {
 public:
  Drill(const Rules& rules, const DrillPlan& plan, const Traffic& traffic)
      : rules_(drill_rules(rules)),
        plan_(plan),
        traffic_(traffic),
        times_(drill_times(rules, plan)),
        rehearsal_(rules_, plan.seed, traffic.first) {}

  DrillRun run(bool with_fault) {
    for (std::size_t i = 0; i < rules_->deployments.size(); ++i) set_pace(static_cast<int>(i), 1);
    rehearsal_.watch([this](const Snapshot& snapshot) { note_circuits(snapshot); });
    if (with_fault) {
      rehearsal_.universe().at(times_.strikes_us, [this] { strike(true); });
      rehearsal_.universe().at(times_.ends_us, [this] { strike(false); });
    }
    plan_asks();
    (void)rehearsal_.universe().run_until(
        [this] { return open_ == 0 && rehearsal_.universe().now() >= times_.over_us; });
    collect();
    return std::move(run_);
  }

 private:
  struct Sent {
    MonoUs at_us = 0;
    Wish wish;
    Told told;
  };

  const Deployment& deployment(int index) const {
    return rules_->deployments[static_cast<std::size_t>(index)];
  }

  void change(int index, const std::string& json) {
    const auto provider = static_cast<std::size_t>(deployment(index).provider);
    const std::string& host = rules_->providers[provider].base_url.host;
    // The fields are ours and known to the simulator.
    (void)rehearsal_.provider_at(host).change(json);
  }

  void set_pace(int index, double slower) {
    const DeploymentPace& pace = traffic_.paces[static_cast<std::size_t>(index)];
    const auto words = [](std::int64_t tokens) {
      return std::max<std::int64_t>(
          1, static_cast<std::int64_t>(static_cast<double>(tokens) / tokens_a_word));
    };
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("name", deployment(index).model);
    json.field("ttft_ms", static_cast<std::int64_t>(static_cast<double>(pace.ttft_ms) * slower));
    json.field("tokens_per_second", pace.tokens_per_second / slower).field("jitter", pace.jitter);
    json.field("words_min", words(pace.tokens_min)).field("words_max", words(pace.tokens_max));
    json.field("context_tokens_max", deployment(index).context_tokens).end_object();
    change(index, out);
  }

  void strike(bool begins) {
    for (const int index : plan_.target.deployments) {
      if (plan_.fault == DrillFault::slow) {
        set_pace(index, begins ? drill_slower_by : 1);
        continue;
      }
      std::string out;
      JsonWriter json(out);
      json.begin_object().field("name", deployment(index).model);
      json.key("faults").raw(begins ? sim_fault_json(plan_) : "[]").end_object();
      change(index, out);
    }
  }

  // Rounds of the traffic, one after the other, until the drill is over.
  void plan_asks() {
    const MonoUs round_us = plan_.for_ms * us_per_ms;
    for (MonoUs begins = 0; begins < times_.over_us; begins += round_us) {
      for (std::size_t i = 0; i < traffic_.asks.size(); ++i) {
        const TrafficAsk& one = traffic_.asks[i];
        sent_.push_back({begins + one.offset_us, drill_wish(one.ask, i), {}});
      }
    }
    open_ = static_cast<int>(sent_.size());
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      Sent& sent = sent_[i];
      sent.wish.headers.emplace_back("x-request-id", fmt::format("{}{}", drill_id_prefix, i));
      rehearsal_.universe().at(
          sent.at_us, [this, &sent] { start(rehearsal_.send(sent.wish, sent.told, open_)); });
    }
  }

  void note_circuits(const Snapshot& snapshot) {
    states_.resize(rules_->deployments.size(), BreakerState::closed);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const std::size_t slot = rehearsal_.gateway().policy().live[i]->slot;
      if (slot >= snapshot.deployments.size()) continue;
      const BreakerState state = snapshot.deployments[slot].breaker;
      if (state == states_[i]) continue;
      states_[i] = state;
      run_.circuits.push_back({rehearsal_.universe().now(), static_cast<int>(i), state});
    }
  }

  bool is_target(int index) const {
    const std::vector<int>& struck = plan_.target.deployments;
    return std::find(struck.begin(), struck.end(), index) != struck.end();
  }

  static bool came_whole(const Sent& sent) {
    if (sent.told.status != 200 || !sent.told.clean_end) return false;
    return !sent.wish.stream || sent.told.heard(sent.wish).whole;
  }

  void collect() {
    run_.answers.resize(sent_.size());
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      DrillAnswer& answer = run_.answers[i];
      answer.at_us = sent_[i].at_us;
      answer.whole = came_whole(sent_[i]);
      if (!answer.whole) answer.failed = "no_answer";
      answer.total_us = sent_[i].told.took_ms * us_per_ms;
    }
    const TimeMs begins = rehearsal_.universe().now_ms() - rehearsal_.universe().now() / us_per_ms;
    for (const auto& [id, row] : rehearsal_.store().records()) {
      const Result<Replay> record = read_record(row.body, *rules_);
      if (record) take_record(*record, begins);
    }
  }

  // What the record knows better than the client.
  void take_record(const Replay& record, TimeMs begins) {
    std::size_t number = 0;
    const std::string_view digits =
        std::string_view(record.client_id).substr(drill_id_prefix.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    DrillAnswer& answer = run_.answers[number];
    if (!answer.whole && record.fault) answer.failed = to_string(record.fault->kind);
    answer.served_by = record.served_by;
    answer.degraded = !record.degraded.empty();
    if (record.ask.stream) answer.ttft_us = record.ttft_us;
    answer.total_us = record.total_us;
    answer.cost_nanousd = record.cost_nanousd;
    for (const Outcome& outcome : record.outcomes) {
      if (!was_called(outcome)) continue;
      ++answer.calls;
      if (is_target(outcome.deployment))
        run_.calls.push_back({(outcome.started - begins) * us_per_ms, outcome.deployment});
    }
  }

  RulesPtr rules_;
  const DrillPlan& plan_;
  const Traffic& traffic_;
  DrillTimes times_;
  std::vector<BreakerState> states_;
  DrillRun run_;
  std::vector<Sent> sent_;
  int open_ = 0;
  Rehearsal rehearsal_;
};

}  // namespace

DrillTimes drill_times(const Rules& rules, const DrillPlan& plan) {
  const DurationMs rest_ms = cooldowns_after * rules.reliability.breaker.cooldown_max_ms;
  const std::int64_t rounds_after =
      std::max<std::int64_t>(1, (rest_ms + plan.for_ms - 1) / plan.for_ms);
  const MonoUs round_us = plan.for_ms * us_per_ms;
  return {round_us, 2 * round_us, (2 + rounds_after) * round_us};
}

DrillRun play_drill(const Rules& rules, const DrillPlan& plan, const Traffic& traffic,
                    bool with_fault) {
  return Drill(rules, plan, traffic).run(with_fault);
}

}  // namespace wye
