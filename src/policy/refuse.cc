// The constraints on a deployment, one small function a concern.
#include "policy/refuse.h"

#include <algorithm>
#include <bit>

#include "policy/estimate.h"
#include "policy/token_correction.h"

namespace wye {
namespace {

bool say(Refusal& refusal, RefusalReason reason, std::int64_t wanted, std::int64_t limit,
         Where where) {
  refusal.reason = reason;
  refusal.wanted = wanted;
  refusal.limit = limit;
  refusal.where = where;
  return true;
}

bool say_until(Refusal& refusal, RefusalReason reason, TimeMs until, Where where) {
  refusal.reason = reason;
  refusal.until = until;
  refusal.where = where;
  return true;
}

bool lacks_capability(const Demands& demands, const Deployment& deployment, Refusal& refusal) {
  using enum RefusalReason;
  if (!serves(deployment.endpoints, demands.endpoint)) {
    return say(refusal, endpoint, static_cast<std::int64_t>(demands.endpoint), 0, deployment.where);
  }
  if (deployment.abilities_known) {
    const Abilities missing = demands.abilities.minus(deployment.abilities);
    if (!missing.empty()) {
      refusal.missing = static_cast<Ability>(std::countr_zero(missing.bits()));
      const bool by_task =
          demands.task != nullptr && demands.abilities_of_task.has(refusal.missing);
      return say(refusal, ability, 0, 0,
                 by_task ? demands.task->requires_.where : deployment.where);
    }
  }
  return false;
}

// The request is longer than the deployment can read, or wants more than it can write.
bool is_too_long(const Demands& demands, const Deployment& deployment, std::int64_t input_tokens,
                 Refusal& refusal) {
  using enum RefusalReason;
  if (deployment.context_tokens > 0) {
    const std::int64_t window = deployment.context_tokens;
    if (demands.task != nullptr && demands.task->requires_.context_tokens > window) {
      return say(refusal, context_window, demands.task->requires_.context_tokens, window,
                 demands.task->requires_.where);
    }
    const std::int64_t tokens = input_tokens + demands.output_room;
    if (exceeds_window(tokens, window)) {
      return say(refusal, context_window, tokens, window, deployment.where);
    }
  }
  if (deployment.output_tokens_max > 0 && demands.output_tokens > deployment.output_tokens_max) {
    return say(refusal, output_limit, demands.output_tokens, deployment.output_tokens_max,
               deployment.where);
  }
  return false;
}

// Whoever has not said where it runs or what it is approved for is refused: compliance fails
// closed.
bool breaks_compliance(const Task& task, const Provider& provider, Refusal& refusal) {
  using enum RefusalReason;
  if (task.data_class >= 0 && ((provider.approved_for >> task.data_class) & 1) == 0) {
    return say(refusal, data_class, task.data_class, 0, task.data_class_where);
  }
  if (task.regions != 0 && (provider.regions & task.regions) == 0) {
    return say(refusal, region, 0, 0, task.regions_where);
  }
  if (task.zdr && !provider.zdr) return say(refusal, zdr, 0, 0, task.zdr_where);
  return false;
}

bool over_ceiling(PicoUsdPerToken price, PicoUsdPerToken ceiling, Where where, Refusal& refusal) {
  if (ceiling < 0) return false;
  if (price < 0) return say(refusal, RefusalReason::price_unknown, 0, ceiling, where);
  return price > ceiling && say(refusal, RefusalReason::price, price, ceiling, where);
}

bool over_price(const Demands& demands, const Deployment& deployment, std::int64_t input_tokens,
                Refusal& refusal) {
  const Price& ceiling = demands.task->max_price;
  const Where where = demands.task->max_price_where;
  const Price& price = deployment.price.at(input_tokens);
  const auto or_input = [&](PicoUsdPerToken cached) { return cached >= 0 ? cached : price.input; };
  return over_ceiling(price.input, ceiling.input, where, refusal) ||
         (has_output(demands.endpoint) &&
          over_ceiling(price.output, ceiling.output, where, refusal)) ||
         over_ceiling(or_input(price.cache_read), ceiling.cache_read, where, refusal) ||
         over_ceiling(or_input(price.cache_write), ceiling.cache_write, where, refusal);
}

bool over_max_cost(const Demands& demands, NanoUsd cost, Refusal& refusal) {
  using enum RefusalReason;
  const NanoUsd limit = demands.max_cost_nanousd;
  if (limit < 0) return false;
  if (cost < 0) return say(refusal, price_unknown, 0, limit, demands.max_cost_where);
  return cost > limit && say(refusal, max_cost, cost, limit, demands.max_cost_where);
}

}  // namespace

std::optional<RefusalReason> own_limit_reached(const DeploymentLimits& limits, const OwnUse& before,
                                               std::int64_t tokens) {
  using enum RefusalReason;
  if (limits.parallel > 0 && before.parallel >= limits.parallel) return parallel;
  if (limits.requests_per_minute > 0 && before.requests >= limits.requests_per_minute) {
    return requests_per_minute;
  }
  // An idle minute lets a request through that is larger than the limit: it could never go else.
  const bool fits = before.tokens == 0 || before.tokens + tokens <= limits.tokens_per_minute;
  if (limits.tokens_per_minute > 0 && tokens > 0 && !fits) return tokens_per_minute;
  return std::nullopt;
}

namespace {

bool over_own_limits(const Demands& demands, const Deployment& deployment,
                     const DeploymentFacts& facts, std::int64_t input_tokens, Refusal& refusal) {
  using enum RefusalReason;
  const DeploymentLimits& limits = deployment.limits;
  const bool counted_only = demands.endpoint == Endpoint::count_tokens;
  const std::int64_t tokens = counted_only ? 0 : input_tokens + demands.output_expected;
  // Attempts in flight are not among those that ended, but count against the minute as well.
  const OwnUse use{facts.in_flight, facts.minute_requests + facts.in_flight,
                   facts.minute_tokens + facts.tokens_in_flight};
  const auto reached = own_limit_reached(limits, use, tokens);
  if (!reached) return false;
  if (*reached == parallel) {
    return say(refusal, parallel, use.parallel, limits.parallel, deployment.where);
  }
  if (*reached == requests_per_minute) {
    return say(refusal, requests_per_minute, use.requests, limits.requests_per_minute,
               deployment.where);
  }
  return say(refusal, tokens_per_minute, use.tokens + tokens, limits.tokens_per_minute,
             deployment.where);
}

bool is_sick(const Deployment& deployment, const DeploymentFacts& facts, TimeMs now,
             Refusal& refusal) {
  using enum RefusalReason;
  if (facts.out_until > now) return say_until(refusal, out, facts.out_until, deployment.where);
  if (facts.breaker == BreakerState::open && facts.open_until > now) {
    return say_until(refusal, circuit_open, facts.open_until, deployment.where);
  }
  if (facts.breaker != BreakerState::closed && facts.probe_taken) {
    return say_until(refusal, probing, 0, deployment.where);
  }
  if (facts.limited_until > now) {
    return say_until(refusal, rate_limited, facts.limited_until, deployment.where);
  }
  return false;
}

}  // namespace

Demands demands_of(const AskFacts& ask, const Task* task) {
  Demands demands;
  demands.task = task;
  demands.endpoint = ask.endpoint;
  demands.abilities = ask.needs;
  demands.input_tokens = ask.input_tokens;
  demands.output_room = std::clamp<std::int64_t>(ask.output_tokens_max, 0, tokens_believed_max);
  if (has_output(ask.endpoint)) demands.output_tokens = ask.output_tokens_max;
  demands.output_expected = expected_output_tokens(ask);
  demands.max_cost_nanousd = ask.max_cost_nanousd;
  if (task == nullptr) return demands;
  demands.abilities_of_task = task->requires_.abilities;
  demands.abilities = Abilities::from_bits(ask.needs.bits() | task->requires_.abilities.bits());
  const NanoUsd limit = task->max_cost_nanousd;
  if (limit >= 0 && (demands.max_cost_nanousd < 0 || limit <= demands.max_cost_nanousd)) {
    demands.max_cost_nanousd = limit;
    demands.max_cost_where = task->max_cost_where;
  }
  return demands;
}

bool exceeds_window(std::int64_t tokens, std::int64_t window) {
  return tokens > window + window / 10;
}

bool serves(Endpoints endpoints, Endpoint wanted) {
  if (endpoints.empty() || endpoints.has(wanted)) return true;
  if (wanted == Endpoint::chat) return endpoints.has(Endpoint::responses);
  // Who answers chats can have their tokens counted, if need be by the gateway.
  if (wanted == Endpoint::count_tokens) return serves(endpoints, Endpoint::chat);
  return wanted == Endpoint::responses && endpoints.has(Endpoint::chat);
}

bool refuse(const Rules& rules, const Demands& demands, int deployment, NanoUsd cost_nanousd,
            const DeploymentFacts& facts, TimeMs now, Refusal& refusal) {
  const Deployment& candidate = rules.deployments[static_cast<std::size_t>(deployment)];
  refusal = Refusal{};
  refusal.deployment = deployment;
  if (demands.task != nullptr) {
    const Provider& provider = rules.providers[static_cast<std::size_t>(candidate.provider)];
    if (breaks_compliance(*demands.task, provider, refusal)) return true;
  }
  const std::int64_t input = corrected_tokens(demands.input_tokens, facts);
  if (lacks_capability(demands, candidate, refusal)) return true;
  // To count costs nothing, and is asked most of all of what may be too long.
  const bool only_counts = demands.endpoint == Endpoint::count_tokens;
  if (!only_counts) {
    if (is_too_long(demands, candidate, input, refusal)) return true;
    if (demands.task != nullptr && over_price(demands, candidate, input, refusal)) return true;
    if (over_max_cost(demands, cost_nanousd, refusal)) return true;
  }
  if (is_sick(candidate, facts, now, refusal)) return true;
  return over_own_limits(demands, candidate, facts, input, refusal);
}

bool would_probe(const DeploymentFacts& facts, TimeMs now) {
  if (facts.breaker == BreakerState::half_open) return true;
  // The books have not ticked yet, but its cooldown is over.
  return facts.breaker == BreakerState::open && facts.open_until <= now;
}

}  // namespace wye
