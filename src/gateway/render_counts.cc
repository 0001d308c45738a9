// The part of the metrics that comes from settled records.
#include "gateway/metrics_render.h"

#include <array>

#include "gateway/metrics_text.h"

namespace wye {
namespace {

using enum MetricType;

constexpr std::array<std::string_view, status_classes> status_names{"none", "1xx", "2xx",
                                                                    "3xx",  "4xx", "5xx"};
constexpr std::array<std::string_view, token_kinds> token_names{
    "input", "cache_read", "cache_write", "output", "reasoning"};
constexpr std::array<std::string_view, 2> result_names{"ok", "failed"};

std::string_view fault_name(std::size_t place, std::string_view none) {
  return place == 0 ? none : to_string(static_cast<FaultKind>(place - 1));
}

// Calls `each(name, counts)` for every name that has been counted; the first is "none".
template <class Named, class Counts, class Each>
void for_each_place(const std::vector<Named>& all, const std::vector<std::size_t>& places,
                    const std::vector<Counts>& counts, Each each) {
  if (!counts.empty()) each(std::string_view("none"), counts[0]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (places[i] < counts.size()) each(std::string_view(all[i].name), counts[places[i]]);
  }
}

class Counts {
 public:
  Counts(const MetricsView& view, MetricsText& text) : view_(view), text_(text) {}

  void render() {
    requests();
    request_times();
    attempts();
    fallbacks();
    extras();
    answers();
    money();
    connections();
  }

 private:
  using Labels = MetricsText::Labels;

  const Metrics& counted() const { return view_.report.metrics; }
  const Rules& rules() const { return *view_.policy.rules; }

  template <class Each>
  void for_each_task(Each each) {
    for_each_place(rules().tasks, view_.policy.task_places, counted().tasks, each);
  }

  // `each(name, index, counts)`, also for deployments that were never asked.
  template <class Each>
  void for_each_deployment(Each each) {
    const DeploymentCounts never{};
    for (std::size_t i = 0; i < rules().deployments.size(); ++i) {
      const std::size_t slot = view_.policy.live[i]->slot;
      const bool seen = slot < counted().deployments.size();
      each(std::string_view(rules().deployments[i].name), i,
           seen ? counted().deployments[slot] : never);
    }
  }

  // One counter a deployment.
  void by_deployment(std::string_view name, std::string_view help, Count DeploymentCounts::*what) {
    text_.family(name, counter, help);
    for_each_deployment([&](std::string_view deployment, std::size_t, const DeploymentCounts& of) {
      text_.sample({{"deployment", deployment}}, of.*what);
    });
  }

  void requests() {
    text_.family("wye_requests_total", counter, "Requests by task, status class and fault.");
    for_each_task([&](std::string_view task, const TaskCounts& of) {
      for (std::size_t status = 0; status < status_classes; ++status) {
        for (std::size_t fault = 0; fault < fault_places; ++fault) {
          const Count count = of.requests[status][fault];
          if (count == 0) continue;
          text_.sample({{"task", task},
                        {"status", status_names[status]},
                        {"fault", fault_name(fault, "none")}},
                       count);
        }
      }
    });
    text_.family("wye_route_requests_total", counter, "Requests by route and status class.");
    for_each_place(
        rules().routes, view_.policy.route_places, counted().routes,
        [&](std::string_view route, const RouteCounts& of) {
          for (std::size_t status = 0; status < status_classes; ++status) {
            if (of.requests[status] == 0) continue;
            text_.sample({{"route", route}, {"status", status_names[status]}}, of.requests[status]);
          }
        });
    text_.family("wye_shed_requests_total", counter,
                 "Requests refused because the gateway had more to do than it can.");
    for (std::size_t i = 0; i < counted().shed.size(); ++i) {
      text_.sample({{"criticality", to_string(static_cast<Criticality>(i))}}, counted().shed[i]);
    }
    text_.family("wye_refused_candidates_total", counter,
                 "Deployments that a decision ruled out, by reason.");
    for (std::size_t i = 0; i < counted().refusals.size(); ++i) {
      if (counted().refusals[i] == 0) continue;
      text_.sample({{"reason", to_string(static_cast<RefusalReason>(i))}}, counted().refusals[i]);
    }
  }

  void request_times() {
    text_.family("wye_request_duration_seconds", histogram,
                 "From the head of a request to the last byte of its answer.");
    for_each_task([&](std::string_view task, const TaskCounts& of) {
      times({{"task", task}}, of.duration);
    });
    text_.family("wye_time_to_first_token_seconds", histogram,
                 "From the head of a request to the first token of a streamed answer.");
    for_each_task([&](std::string_view task, const TaskCounts& of) {
      times({{"task", task}}, of.ttft);
    });
    text_.family("wye_overhead_seconds", histogram,
                 "What the gateway added: the duration without waiting for providers.");
    text_.histogram({}, overhead_bounds_us, counted().overhead.counts, counted().overhead.sum);
  }

  void times(Labels labels, const AnswerTimes& of) {
    if (of.total() > 0) text_.histogram(labels, answer_bounds_us, of.counts, of.sum);
  }

  void attempts() {
    text_.family("wye_attempts_total", counter, "Attempts by deployment and how they ended.");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      for (std::size_t fault = 0; fault < fault_places; ++fault) {
        // The good ones are told from the first scrape on, so that rates begin at zero.
        if (fault > 0 && of.attempts[fault] == 0) continue;
        text_.sample({{"deployment", name}, {"result", fault_name(fault, "ok")}},
                     of.attempts[fault]);
      }
    });
    by_deployment("wye_served_total", "Requests whose answer came from this deployment.",
                  &DeploymentCounts::served);
    by_deployment("wye_drill_injected_attempts_total",
                  "Attempts that a live drill answered or spoiled; not among the others.",
                  &DeploymentCounts::drilled);
    by_deployment("wye_retries_total", "Further tries at the same deployment.",
                  &DeploymentCounts::retries);
    text_.family("wye_attempt_time_to_first_token_seconds", histogram,
                 "From the start of an attempt to its first token.");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      times({{"deployment", name}}, of.ttft);
    });
  }

  void fallbacks() {
    text_.family("wye_fallbacks_total", counter,
                 "Times that another deployment was asked after this one, by this one's fault.");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      for (std::size_t fault = 0; fault < fault_places; ++fault) {
        if (of.fallbacks[fault] == 0) continue;
        text_.sample({{"deployment", name}, {"reason", fault_name(fault, "none")}},
                     of.fallbacks[fault]);
      }
    });
  }

  void extras() {
    by_deployment("wye_hedges_started_total", "Attempts beside another one, which was slow.",
                  &DeploymentCounts::hedges_started);
    by_deployment("wye_hedges_won_total", "Attempts beside another one that were faster.",
                  &DeploymentCounts::hedges_won);
    text_.family("wye_resumed_streams_total", counter,
                 "Attempts to go on with an answer that its client had the beginning of.");
    for (const Resume how : {Resume::prefix, Resume::again}) {
      for (std::size_t result = 0; result < result_names.size(); ++result) {
        text_.sample({{"how", to_string(how)}, {"result", result_names[result]}},
                     counted().resumed[static_cast<std::size_t>(how) - 1][result]);
      }
    }
  }

  void answers() {
    text_.family("wye_repaired_answers_total", counter,
                 "Attempts that showed a model its invalid answer to have it mended.");
    for (std::size_t result = 0; result < result_names.size(); ++result) {
      text_.sample({{"result", result_names[result]}}, counted().repaired[result]);
    }
    text_.family("wye_degraded_answers_total", counter, "Answers by a permitted downgrade.");
    for_each_task([&](std::string_view task, const TaskCounts& of) {
      text_.sample({{"task", task}}, of.degraded);
    });
  }

  void money() {
    text_.family("wye_tokens_total", counter, "Tokens by kind; the kinds do not overlap.");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      for (std::size_t kind = 0; kind < token_kinds; ++kind) {
        text_.sample({{"deployment", name}, {"kind", token_names[kind]}}, of.tokens[kind]);
      }
    });
    text_.family(
        "wye_cost_usd_total", counter,
        "Dollars for all attempts (actual), and what the baseline would have cost for what "
        "was served (baseline).");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      text_.sample_usd({{"deployment", name}, {"kind", "actual"}},
                       static_cast<NanoUsd>(of.cost_nanousd));
      if (rules().baseline < 0) return;
      text_.sample_usd({{"deployment", name}, {"kind", "baseline"}},
                       static_cast<NanoUsd>(of.baseline_nanousd));
    });
    by_deployment("wye_cost_unknown_attempts_total",
                  "Attempts that may cost something that nobody can tell.",
                  &DeploymentCounts::cost_unknown);
  }

  void connections() {
    text_.family("wye_upstream_connections_total", counter,
                 "Attempts by whether their connection was new or reused.");
    for_each_deployment([&](std::string_view name, std::size_t, const DeploymentCounts& of) {
      text_.sample({{"deployment", name}, {"kind", "new"}}, of.connections_new);
      text_.sample({{"deployment", name}, {"kind", "reused"}}, of.connections_reused);
    });
  }

  const MetricsView& view_;
  MetricsText& text_;
};

}  // namespace

void render_counts(const MetricsView& view, MetricsText& text) { Counts(view, text).render(); }

}  // namespace wye
