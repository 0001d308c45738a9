#include "stories/story.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace wye::story {
namespace {

RulesPtr read(std::string_view policy, TimeMs now) {
  const Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  EXPECT_TRUE(catalog);
  config::Environment environment;
  environment.variable = [](const std::string&) { return std::optional(Wish().key); };
  // The only file that a story's policy may want is Google's credentials.
  environment.read_file = [](const std::string&) -> Result<std::string> {
    return R"({"project_id":"story","client_id":"c","client_secret":"s","refresh_token":"r"})";
  };
  environment.now = now;
  const config::LoadResult loaded =
      config::load(policy, "story.yaml", *catalog, environment, {.secrets_required = true});
  if (!loaded.rules) {
    ADD_FAILURE() << config::format_text(loaded.diagnostics, "story.yaml", loaded.shown_text);
    std::abort();
  }
  return loaded.rules;
}

}  // namespace

Story::Story(std::string_view policy, std::uint64_t seed)
    : rehearsal_(read(policy, sim_epoch_ms), seed) {}

ProviderSim& Story::provider(const std::string& name) {
  return rehearsal_.provider_at(name + ".sim");
}
Result<void> Story::strike(const std::string& name, std::string_view faults) {
  const Result<SimChange> changed =
      provider(name).change(fmt::format(R"({{"faults":[{}]}})", faults));
  if (!changed) return fail(changed.error());
  return {};
}
SimNetwork& Story::network(const std::string& name) { return universe().network(name + ".sim"); }
std::uint64_t Story::calls(const std::string& name) { return provider(name).log().seen(); }

void Story::pass(DurationMs time_ms) { universe().run_for(time_ms); }

void Story::after(DurationMs time_ms, std::function<void()> work) {
  universe().at(universe().now() + time_ms * 1000, std::move(work));
}

void Story::reload(std::string_view policy) { rehearsal_.reload(read(policy, now_ms())); }

std::vector<Told> Story::ask_all(const std::vector<Wish>& wishes) {
  std::vector<Told> told(wishes.size());
  int open = static_cast<int>(wishes.size());
  for (std::size_t i = 0; i < wishes.size(); ++i) start(rehearsal_.send(wishes[i], told[i], open));
  EXPECT_TRUE(universe().run_until([&] { return open == 0; }));
  return told;
}

Told Story::ask(const Wish& wish) { return ask_all({wish}).front(); }

Why Story::why() {
  Result<Why> found = find_why(store(), "last");
  if (!found) {
    ADD_FAILURE() << found.error().message;
    return {};
  }
  return std::move(*found);
}

}  // namespace wye::story
