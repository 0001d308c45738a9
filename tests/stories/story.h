// Story: fake providers + a policy + a client + expectations, in one readable test. Everything runs
// in a rehearsal: the real gateway, the real provider simulator, virtual time, one seed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/record_read.h"
#include "lab/rehearsal.h"
#include "lab/talk.h"
#include "lab/why.h"

namespace wye::story {

class Story {
 public:
  // Providers named in the policy live at http://NAME.sim/v1; each is a simulator of its own.
  explicit Story(std::string_view policy, std::uint64_t seed = 1);

  ProviderSim& provider(const std::string& name);
  SimNetwork& network(const std::string& name);
  // Its models have these faults from now on, the elements of a JSON list; none: they are well
  // again.
  [[nodiscard]] Result<void> strike(const std::string& provider, std::string_view faults);
  SimStore& store() { return rehearsal_.store(); }
  SimUniverse& universe() { return rehearsal_.universe(); }
  Books& books() { return rehearsal_.books(); }
  Gateway& gateway() { return rehearsal_.gateway(); }
  TimeMs now_ms() { return universe().now_ms(); }

  // Sends one request and waits for the end of its answer.
  Told ask(const Wish& wish = {});
  // Sends all at once.
  std::vector<Told> ask_all(const std::vector<Wish>& wishes);
  // Lets virtual time pass.
  void pass(DurationMs time_ms);
  // Does so at its time, while answers are waited for.
  void after(DurationMs time_ms, std::function<void()> work);
  // Puts another policy in force, as a reload does.
  void reload(std::string_view policy);

  // How many requests the provider saw since the beginning.
  std::uint64_t calls(const std::string& name);
  // The decision of the newest request, made again.
  Why why();

 private:
  Rehearsal rehearsal_;
};

}  // namespace wye::story
