// Scenario, told to people. See scenario.h.
#include "sim/scenario.h"

#include <fmt/format.h>

namespace wye::sim {
namespace {

double ms(MonoUs us) { return static_cast<double>(us) / 1000; }

std::string describe(const AskPlan& ask) {
  std::string out = fmt::format("  {:>10.1f} ms  ask {} for {}{}", ms(ask.at_us), ask.number,
                                ask.model, ask.stream ? ", streamed" : "");
  if (ask.broken_body) out += ", broken body";
  if (ask.wrong_key) out += ", wrong key";
  if (ask.no_fallback) out += ", no fallback";
  if (ask.timeout_ms > 0) out += fmt::format(", allows {} ms", ask.timeout_ms);
  if (ask.tokens_max > 0) out += fmt::format(", at most {} tokens", ask.tokens_max);
  if (ask.leaves_after_us > 0) out += fmt::format(", leaves after {} ms", ms(ask.leaves_after_us));
  if (ask.read_pause_us > 0) out += fmt::format(", reads every {} ms", ms(ask.read_pause_us));
  return out + "\n";
}

std::string describe(const Trouble& trouble) {
  return fmt::format("  {:>10.1f} ms  {} {}{} amount {} for {} ms\n", ms(trouble.at_us),
                     to_string(trouble.kind), trouble.provider, trouble.setting, trouble.amount,
                     ms(trouble.for_us));
}

}  // namespace

const char* to_string(Trouble::Kind kind) {
  switch (kind) {
    case Trouble::Kind::provider_fault: return "fault of";
    case Trouble::Kind::refused: return "connections refused by";
    case Trouble::Kind::no_name: return "no such name:";
    case Trouble::Kind::silent: return "silence from";
    case Trouble::Kind::slow_network: return "slow network to";
    case Trouble::Kind::resets: return "random resets of";
    case Trouble::Kind::restart: return "restart of";
    case Trouble::Kind::store_full: return "store full";
    case Trouble::Kind::store_errors: return "store errors";
    case Trouble::Kind::store_slow: return "store slow";
    case Trouble::Kind::clock_step: return "clock set";
  }
  return "";
}

std::string describe(const Scenario& scenario) {
  std::string out = fmt::format("seed {}\n", scenario.seed);
  for (std::size_t i = 0; i < scenario.policies.size(); ++i) {
    out += fmt::format("policy {}:\n{}", i, scenario.policies[i]);
  }
  for (const ProviderPlan& provider : scenario.providers) {
    out += fmt::format("provider {}: ttft {} ms, {} tokens/s, {} to {} words\n", provider.name,
                       provider.ttft_ms, provider.tokens_per_second, provider.words_min,
                       provider.words_max);
  }
  out += fmt::format("books take {} us to wake; slow readers' buffers {} bytes\n",
                     scenario.books_delay_us, scenario.slow_buffer_bytes);
  out += "events:\n";
  for (const AskPlan& ask : scenario.asks) out += describe(ask);
  for (const Trouble& trouble : scenario.troubles) out += describe(trouble);
  for (const Reload& reload : scenario.reloads) {
    out += fmt::format("  {:>10.1f} ms  reload of policy {}\n", ms(reload.at_us), reload.policy);
  }
  return out + fmt::format("  {:>10.1f} ms  drain within {} ms\n", ms(scenario.drain_at_us),
                           ms(scenario.drain_limit_us));
}

}  // namespace wye::sim
