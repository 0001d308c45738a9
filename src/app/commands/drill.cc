#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "app/gateway_places.h"
#include "app/live_drill.h"
#include "app/load_policy.h"
#include "app/use_color.h"
#include "base/text.h"
#include "config/diagnostics.h"
#include "io/drill_store.h"
#include "lab/drill_verdict.h"

namespace wye {
namespace {

constexpr DurationMs for_ms_min = 1'000;
constexpr DurationMs for_ms_max = 3'600'000;
constexpr std::int64_t requests_max = 10'000;
constexpr std::int64_t expected_default_ppm = 990'000;
constexpr int listed_max = 50;
constexpr std::string_view expect_name = "success=";
// A secret is no option of a command line.
constexpr const char* key_variable = "WYE_KEY";

struct Options {
  std::string what;
  std::string whom;
  std::string task;
  std::string duration = "60s";
  std::string since;
  std::string share;
  std::string admin;
  std::string expect;
  std::string config;
  std::string store;
  std::string color = "auto";
  std::int64_t requests = 200;
  std::int64_t synthetic = 0;
  std::uint64_t seed = 1;
  bool live = false;
  bool json = false;
};

// A command line that makes no sense; the exit code says so.
ExitCode usage(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  return ExitCode::usage;
}

// What the options say once they are read.
struct Order {
  DrillPlan plan;
  TrafficChoice traffic;
  std::int64_t expected_ppm = expected_default_ppm;
};

Result<DurationMs> read_duration(const std::string& name, const std::string& text) {
  const auto duration = parse_duration_ms(text);
  if (duration) return *duration;
  return fail(FaultKind::bad_request,
              fmt::format("{}: \"{}\" is no duration; write 60s, 5m or 24h", name, text));
}

// "success=99%".
Result<std::int64_t> read_expected(const std::string& text) {
  if (text.empty()) return expected_default_ppm;
  const auto share = text.starts_with(expect_name)
                         ? parse_percent_ppm(std::string_view(text).substr(expect_name.size()))
                         : std::nullopt;
  if (share && *share >= 0 && *share <= 1'000'000) return *share;
  return fail(FaultKind::bad_request,
              fmt::format("--expect: \"{}\" is not understood; write success=99%", text));
}

Result<DrillFault> read_fault(const std::string& word) {
  if (const auto fault = drill_fault_from(word)) return *fault;
  std::vector<std::string> names = drill_fault_names();
  names.insert(names.end(), {"list", "show", "stop"});
  const std::string_view near = nearest(word, names);
  return fail(FaultKind::bad_request,
              fmt::format("there is no drill \"{}\" · {}", word,
                          near.empty() ? fmt::format("there are {}", fmt::join(names, ", "))
                                       : config::did_you_mean(near)));
}

Result<void> check_task(const Rules& rules, const std::string& task) {
  if (task.empty() || find_index(rules.task_by_name, task) >= 0) return {};
  std::vector<std::string> names;
  for (const Task& one : rules.tasks) names.push_back(one.name);
  const std::string_view near = nearest(task, names);
  return fail(FaultKind::bad_request,
              fmt::format("the configuration has no task \"{}\"{}{}", task,
                          near.empty() ? "" : " · ", config::did_you_mean(near)));
}

Result<void> check_ranges(const Options& options, const Order& order) {
  std::string wrong;
  if (order.plan.for_ms < for_ms_min || order.plan.for_ms > for_ms_max)
    wrong = "--for must be from 1s to 1h";
  if (options.requests < 1 || options.requests > requests_max)
    wrong = fmt::format("--requests must be from 1 to {}", requests_max);
  if (options.synthetic < 0 || options.synthetic > requests_max)
    wrong = fmt::format("--synthetic must be from 1 to {}", requests_max);
  if (order.plan.share <= 0 || order.plan.share > 1)
    wrong = "--share must be over 0% and up to 100%";
  if (order.plan.fault == DrillFault::slow && order.plan.share < 1)
    wrong = "a slow provider is slow for all its requests: leave --share out";
  if (wrong.empty()) return {};
  return fail(FaultKind::bad_request, std::move(wrong));
}

TimeMs wall_clock() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

Result<Order> read_order(const Options& options, const Rules& rules) {
  Order order;
  const Result<DrillFault> fault = read_fault(options.what);
  if (!fault) return fail(fault.error());
  order.plan.fault = *fault;
  if (options.whom.empty())
    return fail(FaultKind::bad_request,
                fmt::format("say whom it strikes: wye drill {} PROVIDER", options.what));
  Result<DrillTarget> target = find_drill_target(rules, options.whom);
  if (!target) return fail(std::move(target.error()));
  order.plan.target = std::move(*target);
  const Result<DurationMs> duration = read_duration("--for", options.duration);
  if (!duration) return fail(duration.error());
  order.plan.for_ms = order.traffic.round_ms = *duration;
  if (!options.since.empty()) {
    const Result<DurationMs> since = read_duration("--since", options.since);
    if (!since) return fail(since.error());
    order.traffic.since_ms = *since;
  }
  const Result<std::int64_t> expected = read_expected(options.expect);
  if (!expected) return fail(expected.error());
  order.expected_ppm = *expected;
  order.plan.share =
      static_cast<double>(
          parse_percent_ppm(options.share.empty() ? "100%" : options.share).value_or(-1)) /
      1'000'000;
  order.plan.seed = options.seed;
  order.traffic.task = options.task;
  order.traffic.requests_max = static_cast<int>(options.requests);
  order.traffic.now = wall_clock();
  if (auto done = check_task(rules, options.task); !done) return fail(done.error());
  if (auto done = check_ranges(options, order); !done) return fail(done.error());
  return order;
}

Result<RulesPtr> load_rules(const std::string& path) {
  Result<LoadedFile> loaded = load_policy_without_secrets(path);
  if (!loaded) return fail(with_way_to_begin(std::move(loaded.error()), path));
  if (!loaded->result.rules) return fail(FaultKind::config, std::move(loaded->report));
  return loaded->result.rules;
}

std::string store_of(const Options& options, const Rules& rules) {
  return options.store.empty() ? rules.store_path : options.store;
}

Result<Traffic> gather(const Options& options, const Rules& rules, const Order& order) {
  if (options.synthetic > 0)
    return synthetic_traffic(rules, order.traffic, static_cast<int>(options.synthetic));
  auto store = open_sqlite_reader(store_of(options, rules));
  if (!store) {
    store.error().message += "; --synthetic 100 drills without a store";
    return fail(std::move(store.error()));
  }
  return read_traffic(**store, rules, order.traffic);
}

// A verdict that cannot be kept is a verdict all the same.
void keep(const std::string& path, const DrillStory& story) {
  StoredDrill drill;
  drill.at = story.at;
  drill.policy = story.rules.fingerprint;
  drill.fault = to_string(story.plan.fault);
  drill.target = story.plan.target.name;
  drill.task = story.task;
  drill.success_ppm = story.verdict.success_ppm;
  drill.expected_ppm = story.verdict.expected_ppm;
  drill.page = drill_text(story, false);
  drill.body = drill_json(story);
  const Result<std::int64_t> id = put_drill(path, drill);
  if (id) {
    fmt::print(stderr, "kept as drill {}: wye drill show {}\n", *id, *id);
  } else {
    fmt::print(stderr, "the verdict is not kept: {}\n", id.error().message);
  }
}

ExitCode play(const Options& options, const Rules& rules) {
  const Result<Order> order = read_order(options, rules);
  if (!order) {
    const FaultKind kind = order.error().kind;
    return kind == FaultKind::bad_request ? usage(order.error().message) : report(order.error());
  }
  const Result<Traffic> traffic = gather(options, rules, *order);
  if (!traffic) return report(traffic.error());
  const DrillRun with_fault = play_drill(rules, order->plan, *traffic, true);
  const DrillRun without = play_drill(rules, order->plan, *traffic, false);
  const DrillVerdict verdict =
      judge_drill(rules, order->plan, with_fault, without, order->expected_ppm);
  const DrillStory story{rules, order->plan, *traffic, verdict, options.task, order->traffic.now};
  if (options.json) {
    fmt::print("{}\n", drill_json(story));
  } else {
    fmt::print("{}", drill_text(story, use_color(options.color)));
  }
  std::fflush(stdout);
  keep(store_of(options, rules), story);
  return verdict.met() ? ExitCode::ok : ExitCode::threshold;
}

ExitCode list(const Options& options, const std::string& store) {
  const auto drills = list_drills(store, listed_max);
  if (!drills) return report(drills.error());
  for (const StoredDrill& drill : *drills) {
    if (options.json) {
      const auto whole = find_drill(store, drill.id);
      if (!whole) return report(whole.error());
      if (*whole) fmt::print("{}\n", (*whole)->body);
      continue;
    }
    fmt::print("{:>4}  {}  {:<12} {:<16} {:<16} {:>6.2f} % of {:.2f} %  {}\n", drill.id,
               format_time_utc(drill.at), drill.fault, drill.target,
               drill.task.empty() ? "all tasks" : drill.task,
               static_cast<double>(drill.success_ppm) / 10'000,
               static_cast<double>(drill.expected_ppm) / 10'000,
               drill.success_ppm >= drill.expected_ppm ? "survived" : "not survived");
  }
  if (drills->empty()) fmt::print(stderr, "no drill is kept yet: wye drill outage PROVIDER\n");
  return ExitCode::ok;
}

ExitCode show(const Options& options, const std::string& store) {
  std::int64_t id = 0;
  if (!options.whom.empty() && options.whom != "last") {
    id = parse_count(options.whom).value_or(0);
    if (id < 1) return usage("wye drill show takes a number of `wye drill list`, or last");
  }
  const auto drill = find_drill(store, id);
  if (!drill) return report(drill.error());
  if (!*drill)
    return report(fault(FaultKind::not_found, id == 0 ? std::string("no drill is kept yet")
                                                      : fmt::format("there is no drill {}", id)));
  fmt::print("{}", options.json ? (*drill)->body + "\n" : (*drill)->page);
  return ExitCode::ok;
}

// The gateway itself looks whether an order makes sense to it.
ExitCode play_live(const Options& options) {
  const bool stops = options.what == "stop";
  if (const Result<DrillFault> fault = read_fault(options.what); !stops && !fault)
    return usage(fault.error().message);
  if (const auto expected = read_expected(options.expect); !expected)
    return usage(expected.error().message);
  const Result<ListenAddress> admin = admin_address(options.admin, options.config);
  if (!admin) return report(admin.error());
  LiveDrillWish wish;
  wish.admin = *admin;
  wish.json = options.json;
  if (const char* const key = std::getenv(key_variable); key != nullptr) wish.key = key;
  if (stops) return run_live_drill(wish);
  wish.fault = options.what;
  wish.target = options.whom;
  wish.tasks = options.task;
  wish.duration = options.duration;
  if (!options.share.empty()) wish.share = options.share;
  if (!options.expect.empty()) wish.expect = options.expect.substr(expect_name.size());
  return run_live_drill(wish);
}

ExitCode run_drill(const Options& options) {
  if (options.live || options.what == "stop") return play_live(options);
  if (options.what == "list" || options.what == "show") {
    const Result<std::string> store = store_to_read(options.store, options.config);
    if (!store) return report(store.error());
    return options.what == "list" ? list(options, *store) : show(options, *store);
  }
  const Result<RulesPtr> rules = load_rules(options.config);
  return rules ? play(options, **rules) : report(rules.error());
}

}  // namespace

void add_drill(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("drill", "Play a provider's outage on recorded requests, and say who would have failed")
      .examples(
          "  wye drill outage openai --task summarize --for 60s\n"
          "  wye drill rate_limit gpt-mini --requests 500 --expect success=99.5%\n"
          "  wye drill hang openai --synthetic 100      made-up requests, without a store\n"
          "  wye drill list\n"
          "  wye drill show last --json\n"
          "  WYE_KEY=... wye drill outage openai --live --task summarize --share 5%\n"
          "  wye drill stop                             ends the live drill that runs\n"
          "Faults: outage rate_limit hang slow cut invalid_json\n"
          "No provider is called and nothing is spent: the gateway, the policy and the requests "
          "are real,\nthe providers are simulated at the pace that was measured.\n"
          "With --live the running gateway strikes a share of the tasks' real requests, at most 25 "
          "% "
          "for at\nmost 15m; it needs a virtual key with `roles: [drill]` in WYE_KEY.\n"
          "Exit code 4 when fewer are answered than expected.")
      .value("what", options->what, "a fault, or list, or show, or stop")
      .value("whom", options->whom, "provider or deployment; with show: a number, or last")
      .value("--task", options->task, "only requests of this task; with --live one or more: a,b")
      .value("--for", options->duration, "how long the fault lasts")
      .value("--requests", options->requests, "play the newest so many recorded requests")
      .value("--since", options->since, "none older than this: 24h")
      .value("--synthetic", options->synthetic, "play so many made-up requests instead")
      .value("--share", options->share,
             "share of the requests that the fault strikes: 100%, or 5% with --live")
      .value("--expect", options->expect, "what must be met: success=99%")
      .value("--seed", options->seed, "seed of everything that is left to chance")
      .flag("--live", options->live, "on real requests of a running gateway")
      .value("--admin", options->admin, "with --live: address of the admin listener")
      .value("-c,--config", options->config,
             "the policy to drill, which names the store, or $WYE_CONFIG")
      .value("--store", options->store, "the store itself")
      .choice("--color", options->color, {"auto", "always", "never"}, "colours")
      .flag("--json", options->json, "print the verdict as one JSON document")
      .run([options] { return run_drill(*options); });
}

}  // namespace wye
