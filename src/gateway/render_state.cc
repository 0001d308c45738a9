// The part of the metrics that tells how things stand now.
#include "gateway/metrics_render.h"
#include "gateway/metrics_text.h"

namespace wye {
namespace {

using enum MetricType;

class State {
 public:
  State(const MetricsView& view, MetricsText& text) : view_(view), text_(text) {}

  void render() {
    deployments();
    limits();
    connections();
    store();
    process();
  }

 private:
  const Rules& rules() const { return *view_.policy.rules; }

  // A gauge of what the books know of each deployment.
  template <class Value>
  void state(std::string_view name, std::string_view help, Value value) {
    text_.family(name, gauge, help);
    for (std::size_t i = 0; i < rules().deployments.size(); ++i) {
      text_.sample({{"deployment", rules().deployments[i].name}},
                   std::int64_t{value(view_.facts.deployments[i])});
    }
  }

  void deployments() {
    const TimeMs now = view_.facts.now;
    text_.family("wye_deployment_info", gauge, "Always 1; says whose a deployment is.");
    for (const Deployment& deployment : rules().deployments) {
      text_.sample(
          {{"deployment", deployment.name},
           {"provider", rules().providers[static_cast<std::size_t>(deployment.provider)].name},
           {"model", deployment.model}},
          Count{1});
    }
    state(
        "wye_deployment_circuit_state", "Circuit breaker: 0 closed, 1 half-open, 2 open.",
        [](const DeploymentFacts& of) {
          return of.breaker == BreakerState::closed ? 0 : of.breaker == BreakerState::open ? 2 : 1;
        });
    text_.family("wye_deployment_circuit_opened_total", counter,
                 "Times that the circuit opened, failed probes included.");
    for (std::size_t i = 0; i < rules().deployments.size(); ++i) {
      text_.sample({{"deployment", rules().deployments[i].name}},
                   Count{view_.policy.live[i]->opened.load(std::memory_order_relaxed)});
    }
    state("wye_deployment_limited", "1 while the provider has asked to wait.",
          [now](const DeploymentFacts& of) { return of.limited_until > now ? 1 : 0; });
    state("wye_deployment_out", "1 while quota, credential or model are gone.",
          [now](const DeploymentFacts& of) { return of.out_until > now ? 1 : 0; });
    state("wye_deployment_in_flight", "Attempts under way.",
          [](const DeploymentFacts& of) { return of.in_flight; });
  }

  void limits() {
    text_.family("wye_ratelimit_remaining_ratio", gauge,
                 "What is left of the provider's limit, where it says so.");
    for (std::size_t i = 0; i < rules().deployments.size(); ++i) {
      const std::string_view name = rules().deployments[i].name;
      const DeploymentFacts& of = view_.facts.deployments[i];
      if (of.requests_left_ppm >= 0) {
        text_.sample_ratio({{"deployment", name}, {"unit", "requests"}}, of.requests_left_ppm);
      }
      if (of.tokens_left_ppm >= 0) {
        text_.sample_ratio({{"deployment", name}, {"unit", "tokens"}}, of.tokens_left_ppm);
      }
    }
    text_.family("wye_retry_budget_left", gauge, "Retries that may be made now, of all loops.");
    text_.sample({}, view_.report.retries_left);
    text_.family("wye_hedge_budget_left", gauge, "Hedges that may be started now, of all loops.");
    text_.sample({}, view_.report.hedges_left);
  }

  void connections() {
    const LoopReport& report = view_.report;
    text_.family("wye_client_connections", gauge, "Connections of clients by what they do.");
    text_.sample({{"state", "busy"}}, Count{report.connections_open - report.connections_idle});
    text_.sample({{"state", "idle"}}, Count{report.connections_idle});
    text_.family("wye_upstream_connections_idle", gauge, "Connections to providers that are kept.");
    text_.sample({}, Count{report.upstream_idle});
    text_.family("wye_loop_lateness_seconds", gauge,
                 "How late the latest event loop comes to what is due; much sheds requests.");
    text_.sample_seconds({}, view_.report.lateness_us);
    text_.family("wye_requests_in_flight", gauge, "Requests that are being read or answered now.");
    text_.sample({}, view_.report.requests_in_flight);
  }

  void store() {
    text_.family("wye_ready", gauge, "1 while requests are taken.");
    text_.sample({}, Count{view_.ready ? 1U : 0U});
    text_.family("wye_store_queued_rows", gauge, "Records on their way into the database.");
    text_.sample({}, Count{view_.waiting.queued_rows});
    text_.family("wye_store_late_rows", gauge,
                 "Of those, records of refused requests, which no journal could take.");
    text_.sample({}, Count{view_.waiting.late_rows});
    text_.family("wye_store_lost_rows_total", counter,
                 "Records of refused requests that found no room to wait.");
    text_.sample({}, view_.waiting.lost_rows);
  }

  void process() {
    text_.family("wye_build_info", gauge, "Always 1; says which version this is.");
    text_.sample({{"version", view_.version}}, Count{1});
    text_.family("wye_config_info", gauge, "Always 1; says which policy is in force.");
    text_.sample({{"fingerprint", rules().fingerprint}}, Count{1});
    text_.family("wye_config_last_reload_success", gauge,
                 "0 while the configuration file differs from the policy because it has errors.");
    text_.sample({}, Count{view_.reload_worked ? 1U : 0U});
    text_.family("process_cpu_seconds_total", counter, "User and system CPU time of the process.");
    text_.sample_seconds({}, view_.process.cpu_us);
    text_.family("process_resident_memory_bytes", gauge, "Resident memory of the process.");
    text_.sample({}, view_.process.resident_bytes);
  }

  const MetricsView& view_;
  MetricsText& text_;
};

}  // namespace

void render_state(const MetricsView& view, MetricsText& text) { State(view, text).render(); }

}  // namespace wye
