// What tests of next() share: a plan of two deployments and a fallback, and outcomes one by one.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "policy/decide.h"
#include "policy/next.h"
#include "policy/test_rules.h"

namespace wye::test {

// A route of two, a fallback, and what the test adds.
class Next : public testing::Test {
 protected:
  Next() {
    for (const char* name : {"a", "b", "c", "d"}) build.deployment(name);
    task = build.task("extract", build.route("fast", {0, 1}));
    build.rules.reliability.retries.jitter_ppm = 0;
    facts.now = noon;
    facts.started = noon;
  }

  const Plan& decided() {
    if (!made) {
      build.build();
      plan = decide(build.rules, ask_for("task/extract"), healthy(build.rules, seed));
      made = true;
    }
    return plan;
  }
  // The attempt at a step ended with this, at the present time.
  Outcome& failed(int step, FaultKind kind, int status = 500, std::int64_t retry_after_ms = -1) {
    Outcome one;
    one.step = step;
    one.deployment = decided().steps.at(static_cast<std::size_t>(step)).deployment;
    one.started = facts.now;
    one.status = status;
    one.first_byte_us = status > 0 ? 1000 : -1;
    one.fault = fault(kind, "It went wrong.");
    one.fault->retry_after_ms = retry_after_ms;
    one.fault->provider_status = status;
    return outcomes.emplace_back(one);
  }
  Outcome& unreachable(int step) {
    Outcome& one = failed(step, FaultKind::outage, 0);
    one.fault->message = "connection refused";
    return one;
  }
  Step step() { return next(decided(), build.rules, outcomes, facts); }

  // "attempt 1", "retry 0 +500", "degrade 2", "answer 3", "stop", "stop outage".
  std::string said() {
    const Step made_step = step();
    switch (made_step.kind) {
      case Step::Kind::attempt:
        if (made_step.is_retry) {
          return "retry " + std::to_string(made_step.index) + " +" +
                 std::to_string(made_step.wait_ms);
        }
        return "attempt " + std::to_string(made_step.index);
      case Step::Kind::degrade: return "degrade " + std::to_string(made_step.index);
      case Step::Kind::answer: return "answer " + std::to_string(made_step.index);
      case Step::Kind::stop:
        return made_step.fault ? "stop " + std::string(to_string(made_step.fault->kind)) : "stop";
    }
    return "";
  }

  RulesBuilder build;
  int task;
  std::uint64_t seed = 1;
  Plan plan;
  bool made = false;
  NextFacts facts;
  std::vector<Outcome> outcomes;
};

}  // namespace wye::test
