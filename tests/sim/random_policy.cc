// Random policy, section by section. See random_policy.h.
#include "sim/random_policy.h"

#include <fmt/format.h>

namespace wye::sim {
namespace {

std::vector<std::string> numbered(std::string_view prefix, std::int64_t count) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i) names.push_back(fmt::format("{}{}", prefix, i));
  return names;
}

std::string limits_of(Chance& chance) {
  std::string limits;
  if (chance.percent(50)) limits += fmt::format("parallel: {}, ", chance.between(1, 4));
  if (chance.percent(30)) limits += fmt::format("rpm: {}, ", chance.between(1, 60));
  if (chance.percent(30)) limits += fmt::format("tpm: {}, ", chance.between(50, 20'000));
  return limits.empty() ? "" : ", limits: { " + limits + "}";
}

std::string deployments(const PolicyNames& names, Chance& chance) {
  std::string out = "deployments:\n";
  for (std::size_t i = 0; i < names.deployments.size(); ++i) {
    // The first keep the providers in use, so that there is never one that nobody knows.
    const std::string& provider =
        i < names.providers.size() ? names.providers[i] : chance.one_of(names.providers);
    out += fmt::format(
        "  {}: {{ provider: {}, model: m{}, price: {{ input: ${}/M, output: ${}/M }}, context: "
        "{}, abilities: [stream, tools, stop, system{}]{} }}\n",
        names.deployments[i], provider, i, chance.between(0, 9), chance.between(0, 30),
        chance.word({"2k", "32k", "128k"}), names.twins && chance.percent(50) ? ", prefill" : "",
        chance.percent(25) ? limits_of(chance) : "");
  }
  return out;
}

std::string members(const PolicyNames& names, bool weights, Chance& chance) {
  std::string out;
  bool has_weight = false;
  const auto first = static_cast<std::size_t>(
      chance.between(0, static_cast<std::int64_t>(names.deployments.size()) - 1));
  const auto count = static_cast<std::size_t>(
      chance.between(1, static_cast<std::int64_t>(names.deployments.size())));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& name = names.deployments[(first + i) % names.deployments.size()];
    const std::int64_t weight = i + 1 == count && !has_weight ? 1 : chance.between(0, 5);
    has_weight = has_weight || weight > 0;
    out += weights ? fmt::format("{}: {}, ", name, weight) : name + ", ";
  }
  return weights ? "{ " + out + "}" : "[" + out + "]";
}

std::string routes(const PolicyNames& names, Chance& chance) {
  std::string out = "routes:\n";
  for (const std::string& name : names.routes) {
    const std::string_view strategy =
        chance.word({"priority", "priority", "weighted", "lowest_cost", "lowest_latency",
                     "least_busy", "headroom"});
    out += fmt::format("  {}: {{ strategy: {}, sticky: {}, deployments: {} }}\n", name, strategy,
                       chance.word({"none", "none", "user", "prompt_cache"}),
                       members(names, strategy == "weighted", chance));
  }
  return out;
}

std::string triggers(Chance& chance) {
  if (chance.percent(40)) return "";
  std::string out;
  for (const std::string_view word :
       {"outage", "timeout", "ttft", "stall", "cut", "rate_limit", "quota", "overloaded",
        "context_window", "content_filter", "auth", "permission", "model_gone", "bad_request",
        "invalid_output", "refusal", "exhausted"}) {
    if (chance.percent(50)) out += fmt::format("{}, ", word);
  }
  return out.empty() ? "" : ", after: [" + out + "]";
}

std::string target(const PolicyNames& names, Chance& chance) {
  return chance.percent(70) ? chance.one_of(names.deployments) : chance.one_of(names.routes);
}

std::string fallbacks(const PolicyNames& names, Chance& chance) {
  std::string out;
  for (std::int64_t i = chance.between(0, 3); i > 0; --i) {
    const std::int64_t sort = chance.between(1, 10);
    std::string what = "to: " + target(names, chance);
    if (sort == 1) what = "degrade: { answer: \"The fixed answer.\" }";
    if (sort == 2) what = fmt::format("degrade: {{ to: {} }}", target(names, chance));
    if (sort == 3)
      what = fmt::format("degrade: {{ to: {}, drop: reasoning }}", target(names, chance));
    out += fmt::format("      - {{ {}{} }}\n", what, triggers(chance));
  }
  return out.empty() ? "" : "    fallbacks:\n" + out;
}

std::string latency(Chance& chance) {
  std::string out;
  if (chance.percent(70)) out += fmt::format("ttft: {}, ", chance.word({"100ms", "500ms", "2s"}));
  if (chance.percent(70)) out += fmt::format("stall: {}, ", chance.word({"100ms", "500ms", "2s"}));
  if (chance.percent(40)) out += fmt::format("total: {}, ", chance.word({"300ms", "2s", "10s"}));
  if (chance.percent(40)) out += fmt::format("connect: {}, ", chance.word({"10ms", "200ms", "1s"}));
  if (chance.percent(30)) out += fmt::format("deadline: {}, ", chance.word({"400ms", "3s", "20s"}));
  if (chance.percent(50)) out += "sensitivity: interactive, ";
  return out.empty() ? "" : "    latency: { " + out + "}\n";
}

std::string output(Chance& chance) {
  if (chance.percent(5))
    return fmt::format("    output: {{ json: true, on_invalid: [{}] }}\n",
                       chance.word({"repair", "fallback", "repair, fallback"}));
  if (chance.percent(40)) return "";
  return fmt::format("    stream: {{ commit: \"{}\", resume: {} }}\n",
                     chance.word({"first_token", "validated", "window(5tok,100ms)",
                                  "window(1000tok,20ms)", "window(10tok,60s)"}),
                     chance.percent(75));
}

std::string tasks(const PolicyNames& names, Chance& chance) {
  std::string out = "tasks:\n";
  for (const std::string& name : names.tasks) {
    out += fmt::format("  {}:\n    route: {}\n", name, target(names, chance));
    out += latency(chance) + output(chance) + fallbacks(names, chance);
    if (chance.percent(10)) out += "    max_cost: $0.0005\n";
  }
  return out;
}

// From dice of its own, so that what older seeds found they find still.
int half_open(const std::string& drawn_so_far) {
  return Chance(hash64(drawn_so_far)).one_of<int>({1, 1, 2, 3});
}

std::string reliability(Chance& chance) {
  std::string out = "reliability:\n";
  out += fmt::format(
      "  retries: {{ max: {}, backoff: {}, jitter: {}, honor_retry_after: {}, budget: {{ share: "
      "{}, floor: {} }} }}\n",
      chance.one_of<int>({0, 1, 2, 2, 3, 10}),
      chance.word({"1ms..1ms", "10ms..100ms", "100ms..1s", "500ms..5s"}),
      chance.word({"0%", "20%", "100%"}), chance.word({"1ms", "500ms", "10s", "60s"}),
      chance.word({"0%", "10%", "50%", "100%"}), chance.word({"0/s", "1/s", "3/s", "100/s"}));
  out += fmt::format(
      "  circuit_breaker: {{ window: {}, min_requests: {}, error_rate: {}, consecutive: {}, "
      "cooldown: {}, half_open: {} }}\n",
      chance.word({"1s", "10s", "60s"}), chance.one_of<int>({1, 2, 5, 10, 100}),
      chance.word({"1%", "50%", "100%"}), chance.one_of<int>({1, 2, 3, 5, 1000}),
      chance.word({"50ms..100ms", "500ms..2s", "1s..1s", "5s..30s"}), half_open(out));
  if (chance.percent(40)) {
    out += fmt::format("  hedge: {{ after: {}, max_extra: {} }}\n", chance.word({"p50", "p90"}),
                       chance.word({"1%", "50%"}));
  }
  return out + fmt::format("  deadline: {}\n", chance.word({"700ms", "3s", "20s", "60s"}));
}

}  // namespace

PolicyNames draw_names(Chance& chance) {
  PolicyNames names;
  names.providers = numbered("p", chance.between(1, 4));
  const auto least = static_cast<std::int64_t>(names.providers.size());
  names.deployments = numbered("d", chance.between(least, 6));
  names.routes = numbered("r", chance.between(1, 3));
  names.tasks = numbered("t", chance.between(1, 3));
  names.twins = chance.percent(50);
  return names;
}

std::string draw_policy(const PolicyNames& names, Chance& chance) {
  std::string out = "version: 1\nkeys: { app: { secret: \"${env:APP_KEY}\" } }\nproviders:\n";
  for (const std::string& name : names.providers) {
    out += fmt::format("  {0}: {{ kind: openai_compatible, base_url: \"http://{0}.sim/v1\" }}\n",
                       name);
  }
  out += deployments(names, chance) + routes(names, chance) + tasks(names, chance);
  out += reliability(chance);
  if (chance.percent(50)) out += fmt::format("baseline: {{ single: {} }}\n", names.deployments[0]);
  return out;
}

}  // namespace wye::sim
