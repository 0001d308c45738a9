#include "lab/online_check.h"

#include <fmt/format.h>

#include <utility>

namespace wye {
namespace {

using config::Advice;
using config::Code;

// The probes that are under way, and who waits for the last of them.
struct Round {
  std::vector<ProviderProbe> probes;
  std::size_t ended = 0;
  std::coroutine_handle<> waiter;
};

struct LastOf {
  Round& round;
  bool await_ready() const noexcept { return round.ended == round.probes.size(); }
  void await_suspend(std::coroutine_handle<> waiter) const noexcept { round.waiter = waiter; }
  void await_resume() const noexcept {}
};

Async<void> probe_one(World& world, HttpClient& client, const Rules& rules, int provider,
                      MonoUs deadline, Round& round) {
  ProviderProbe probe = co_await probe_provider(world, client, rules, provider, deadline);
  round.probes[static_cast<std::size_t>(provider)] = std::move(probe);
  ++round.ended;
  if (round.waiter && round.ended == round.probes.size()) round.waiter.resume();
}

bool ran_out_of_time(const Fault& fault) {
  return fault.kind == FaultKind::timeout || fault.kind == FaultKind::ttft ||
         fault.kind == FaultKind::stall;
}

class Diagnosis {
 public:
  Diagnosis(const Rules& rules, DurationMs patience_ms)
      : rules_(rules), patience_ms_(patience_ms) {}

  void look_at(const ProviderProbe& probe) {
    const Provider& provider = rules_.providers[static_cast<std::size_t>(probe.provider)];
    if (probe.fault) add_fault(probe, provider, *probe.fault);
    for (const ModelProbe& model : probe.models) {
      if (model.offered == Probed::no) add_missing(model, provider);
    }
  }
  config::Diagnostics take() {
    found_.sort();
    return std::move(found_);
  }

 private:
  void add(const Provider& provider, Code code, std::string what, Advice advice = {}) {
    found_.add(code, provider.where, provider.name.size(),
               fmt::format("provider \"{}\" {}", provider.name, what), std::move(advice));
  }

  void add_fault(const ProviderProbe& probe, const Provider& provider, const Fault& fault) {
    if (probe.reached == Probed::no) {
      add(provider, Code::provider_unreachable, "cannot be reached: " + fault.message);
    } else if (ran_out_of_time(fault)) {
      add(provider, Code::no_answer, fmt::format("did not answer within {} ms", patience_ms_),
          "--timeout-ms gives it longer");
    } else if (probe.tls == Probed::no) {
      add(provider, Code::tls_failed, "cannot be trusted: " + fault.message);
    } else if (probe.key == Probed::no || fault.kind == FaultKind::auth) {
      add(provider, Code::key_refused, "refuses the key: " + fault.message);
    } else if (fault.kind == FaultKind::permission || fault.kind == FaultKind::rate_limit ||
               fault.kind == FaultKind::quota) {
      add(provider, Code::not_verified, "would not tell: " + fault.message);
    } else {
      add(provider, Code::odd_answer, "does not answer as one: " + fault.message,
          "see whether base_url is right");
    }
  }

  void add_missing(const ModelProbe& model, const Provider& provider) {
    const Deployment& deployment = rules_.deployments[static_cast<std::size_t>(model.deployment)];
    found_.add(Code::model_not_offered, deployment.where, deployment.name.size(),
               fmt::format("provider \"{}\" has no model \"{}\"", provider.name, deployment.model),
               config::did_you_mean(model.near));
  }

  const Rules& rules_;
  const DurationMs patience_ms_;
  config::Diagnostics found_;
};

}  // namespace

Async<std::vector<ProviderProbe>> probe_all(World& world, HttpClient& client, const Rules& rules,
                                            DurationMs patience_ms) {
  const MonoUs deadline = world.mono_us() + patience_ms * 1'000;
  Round round;
  round.probes.resize(rules.providers.size());
  for (std::size_t i = 0; i < rules.providers.size(); ++i)
    start(probe_one(world, client, rules, static_cast<int>(i), deadline, round));
  LastOf last{round};
  co_await last;
  co_return std::move(round.probes);
}

config::Diagnostics diagnose(const std::vector<ProviderProbe>& probes, const Rules& rules,
                             DurationMs patience_ms) {
  Diagnosis diagnosis(rules, patience_ms);
  for (const ProviderProbe& probe : probes) diagnosis.look_at(probe);
  return diagnosis.take();
}

bool only_unreachable(const config::Diagnostic& diagnostic) {
  switch (diagnostic.code) {
    case Code::provider_unreachable:
    case Code::tls_failed:
    case Code::no_answer:
    case Code::odd_answer: return true;
    default: return false;
  }
}

}  // namespace wye
