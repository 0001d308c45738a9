// Good files become the rules that they say; the same text and the excerpt of the catalog become
// the same rules again.
#include "config/load.h"

#include <gtest/gtest.h>

#include <chrono>

#include "config/test_support.h"

namespace wye::config {
namespace {

constexpr std::string_view catalog_json = R"({"providers":[
  {"name":"acme","kind":"openai_compatible","dialect":"openai","base_url":"https://api.acme.test/v1",
   "api_key_env":["ACME_KEY"],"auth":"bearer","regions":["us","eu"],"zdr":true,"any_model":false,
   "stream_usage":"always","done_marker":false,"rate_limit_headers":"xai","output_excludes_reasoning":true,
   "habits":{"output_limit":"max_tokens","developer_role":false,"random_seed":true,"stream_options":false,
             "user":false,"tool_id_length":9,"reasoning_efforts":["none","high"]},
   "models":[
    {"id":"small","aliases":["mini"],"endpoints":["chat"],"context":8000,"output_max":2000,
     "abilities":["tools","stream"],
     "price":{"input":"0.25","cache_read":"0.025","output":"2.00","tiers":[{"above":4000,"input":"0.50","output":"4.00"}]}},
    {"id":"large","endpoints":["chat","responses"],"context":200000,"output_max":64000,
     "abilities":["tools","json_schema","stream"],"price":{"input":"2.00","output":"10.00"}},
    {"id":"embed","endpoints":["embeddings"],"context":8000,"abilities":[],"price":{"input":"0.02"}}]},
  {"name":"unused","base_url":"https://unused.test","auth":"none","models":[{"id":"m"}]}]})";

constexpr std::string_view text = R"(version: 1
server:
  listen: "[::1]:9000"
  threads: 2
  limits: { head: 32KiB, body: 1MB, connections: 5k }
  timeouts: { idle: 2m }
store: { sqlite: /tmp/x.db }
providers:
  acme: {}
  house: { kind: openai_compatible, base_url: "http://127.0.0.1:8000/v1", api_key: "${env:SECRET}",
           regions: [on_prem], approved_for: [phi, pii], zdr: true }
deployments:
  small: { provider: acme, model: mini, limits: { rpm: 900, tpm: 200k, parallel: 40 } }
  large: { provider: acme, model: large, price: { input: $1/M, output: $5/M } }
  embed: { provider: acme, model: embed }
  local: { provider: house, model: anything, context: 32k, abilities: [json_schema] }
routes:
  fast: [small, large]
  split: { deployments: { small: 9, large: 1 }, sticky: prompt_cache }
  vectors: [embed]
tasks:
  invoice:
    route: fast
    criticality: high
    latency: { sensitivity: interactive, stall: 3s, total: 20s, deadline: 25s }
    objective: { prefer: cost }
    requires: { tools: true, json_schema: false, context: 4k }
    max_cost: $0.05
    max_price: { output: $6/M }
    fallbacks:
      - { to: split, after: [outage, rate_limit] }
      - { degrade: { drop: reasoning, to: small } }
      - { degrade: { answer: "Later." }, after: exhausted }
  letters: { route: local, data_class: phi, regions: on_prem, zdr: true, fallbacks: [ { degrade: { answer: no } } ] }
  plain: { route: fast }
keys:
  app: { secret: "${env:SECRET}", team: support, task: plain, tasks: [plain, invoice], expires: 2027-01-31, roles: [drill] }
rules:
  - { when: { key.team: support, ask.tokens: "< 500", tag: [a, b], metadata.tier: gold }, use: fast }
  - { when: { time: "18:00-08:00 Europe/Paris" }, use: local }
reliability:
  retries: { max: 3, backoff: 1s..2s, jitter: 10%, honor_retry_after: 5s, budget: { share: 5%, floor: 7/s } }
  circuit_breaker: { window: 30s, min_requests: 4, error_rate: 25%, consecutive: 2, cooldown: 1s..9s, half_open: 3 }
  deadline: 45s
baseline: { single: large }
)";

class Load : public ::testing::Test {
 protected:
  void SetUp() override {
    result_ = load(text, "wye.yaml", catalog_, environment_, {.secrets_required = true});
    ASSERT_TRUE(result_.rules) << format_text(result_.diagnostics, "wye.yaml", result_.shown_text);
  }
  const Rules& rules() const { return *result_.rules; }

  Catalog catalog_ = *Catalog::read_excerpt(catalog_json);
  Environment environment_ = test_environment({{"SECRET", "s3cret"}, {"ACME_KEY", "acme-key"}});
  LoadResult result_;
};

TEST_F(Load, Server) {
  EXPECT_EQ(rules().server.listen.host, "::1");
  EXPECT_EQ(rules().server.listen.port, 9000);
  EXPECT_EQ(rules().server.admin_listen.port, 8081);
  EXPECT_EQ(rules().server.threads, 2);
  EXPECT_EQ(rules().server.head_bytes_max, 32768u);
  EXPECT_EQ(rules().server.body_bytes_max, 1'000'000u);
  EXPECT_EQ(rules().server.connections_max, 5000u);
  EXPECT_EQ(rules().server.idle_timeout_ms, 120'000);
  EXPECT_EQ(rules().store_path, "/tmp/x.db");
}

TEST_F(Load, Providers) {
  const Provider& acme = rules().providers[0];
  EXPECT_EQ(acme.kind, "acme");
  EXPECT_EQ(acme.base_url.host, "api.acme.test");
  EXPECT_EQ(acme.base_url.path, "/v1");
  EXPECT_TRUE(acme.base_url.tls);
  EXPECT_EQ(acme.api_key, "acme-key");
  EXPECT_EQ(acme.stream_usage, StreamUsage::always);
  EXPECT_EQ(acme.limit_headers, LimitHeaders::xai);
  EXPECT_FALSE(acme.done_marker);
  EXPECT_TRUE(acme.output_excludes_reasoning);
  EXPECT_EQ(acme.habits, (ChatHabits{.output_limit = OutputLimit::max_tokens,
                                     .developer_role = false,
                                     .random_seed = true,
                                     .stream_options = false,
                                     .user = false,
                                     .prefix_flag = {},
                                     .tool_id_length = 9,
                                     .reasoning_efforts = {"none", "high"}}));
  EXPECT_TRUE(acme.zdr);
  const Provider& house = rules().providers[1];
  EXPECT_EQ(house.kind, "openai_compatible");
  EXPECT_EQ(house.habits, ChatHabits{});
  EXPECT_EQ(house.auth, Auth::bearer);
  EXPECT_EQ(house.api_key, "s3cret");
  EXPECT_EQ(rules().regions, (std::vector<std::string>{"us", "eu", "on_prem"}));
  EXPECT_EQ(acme.regions, 3u);
  EXPECT_EQ(house.regions, 4u);
  EXPECT_EQ(house.approved_for, 3u);
  EXPECT_EQ(acme.approved_for, 0u);
}

TEST_F(Load, Deployments) {
  const Deployment& small = rules().deployments[0];
  EXPECT_EQ(small.model, "mini");
  EXPECT_EQ(small.context_tokens, 8000);
  EXPECT_EQ(small.price.base.input, 250'000);
  EXPECT_EQ(small.price.base.cache_read, 25'000);
  ASSERT_EQ(small.price.tiers.size(), 1u);
  EXPECT_EQ(small.price.tiers[0].above_tokens, 4000);
  EXPECT_EQ(small.limits.requests_per_minute, 900);
  EXPECT_EQ(small.limits.tokens_per_minute, 200'000);
  EXPECT_EQ(small.limits.parallel, 40);
  EXPECT_TRUE(small.endpoints.has(Endpoint::chat));
  EXPECT_FALSE(small.endpoints.has(Endpoint::embeddings));
  EXPECT_EQ(rules().deployments[1].price.base.output, 5'000'000);
  EXPECT_TRUE(rules().deployments[2].price.base.known());  // embeddings have no output to pay for
  const Deployment& local = rules().deployments[3];
  EXPECT_FALSE(local.price.base.known());
  EXPECT_EQ(local.context_tokens, 32'000);
  EXPECT_EQ(local.abilities, Abilities{Ability::json_schema});
  EXPECT_TRUE(local.endpoints.has(Endpoint::embeddings));
}

TEST_F(Load, RoutesAndTasks) {
  EXPECT_EQ(rules().routes[0].strategy, Strategy::priority);
  EXPECT_EQ(rules().routes[1].strategy, Strategy::weighted);
  EXPECT_EQ(rules().routes[1].sticky, Sticky::prompt_cache);
  EXPECT_EQ(rules().routes[1].members[0].weight, 9);
  const Task& invoice = rules().tasks[0];
  const Route& preferred = rules().routes[static_cast<std::size_t>(invoice.route)];
  EXPECT_EQ(preferred.name, "fast");
  EXPECT_EQ(preferred.strategy, Strategy::lowest_cost);
  EXPECT_EQ(find_index(rules().route_by_name, "fast"), 0);
  EXPECT_EQ(rules().tasks[2].route, 0);
  EXPECT_EQ(invoice.criticality, Criticality::high);
  EXPECT_EQ(invoice.timeouts.ttft_ms, 10'000);
  EXPECT_EQ(invoice.timeouts.stall_ms, 3000);
  EXPECT_EQ(invoice.timeouts.total_ms, 20'000);
  EXPECT_EQ(invoice.deadline_ms, 25'000);
  EXPECT_EQ(invoice.requires_.abilities, Abilities{Ability::tools});
  EXPECT_EQ(invoice.requires_.context_tokens, 4000);
  EXPECT_EQ(invoice.max_cost_nanousd, 50'000'000);
  EXPECT_EQ(invoice.max_price.input, -1);
  EXPECT_EQ(invoice.max_price.output, 6'000'000);
  EXPECT_EQ(invoice.max_cost_where.line, 28);
  ASSERT_EQ(invoice.fallbacks.size(), 3u);
  EXPECT_EQ(invoice.fallbacks[0].target.kind, Target::Kind::route);
  EXPECT_EQ(invoice.fallbacks[0].after, (Triggers{FaultKind::outage, FaultKind::rate_limit}));
  EXPECT_TRUE(invoice.fallbacks[1].drop_reasoning);
  EXPECT_EQ(invoice.fallbacks[1].after, Triggers{FaultKind::exhausted});
  EXPECT_EQ(invoice.fallbacks[2].target.answer, "Later.");
  EXPECT_EQ(invoice.fallbacks[2].where.line, 33);
  const Task& letters = rules().tasks[1];
  EXPECT_EQ(rules().routes[static_cast<std::size_t>(letters.route)].name, "task/letters");
  EXPECT_EQ(letters.data_class, 0);
  EXPECT_EQ(letters.regions, 4u);
  EXPECT_TRUE(letters.zdr);
}

TEST_F(Load, KeysRulesAndTheRest) {
  const Key& app = rules().keys[0];
  EXPECT_EQ(app.hash, sha256("s3cret"));
  EXPECT_EQ(app.team, "support");
  EXPECT_EQ(app.default_task, 2);
  EXPECT_EQ(app.tasks, (std::vector<int>{2, 0}));
  EXPECT_EQ(app.expires, 1'801'353'600'000);
  EXPECT_TRUE(app.may_drill);
  ASSERT_EQ(rules().rules[0].when.size(), 5u);
  EXPECT_EQ(std::get<TeamIs>(rules().rules[0].when[0]).team, "support");
  EXPECT_EQ(std::get<TokensAre>(rules().rules[0].when[1]).tokens, 500);
  EXPECT_EQ(std::get<MetadataIs>(rules().rules[0].when[4]).key, "tier");
  const TimeIs& night = std::get<TimeIs>(rules().rules[1].when[0]);
  EXPECT_EQ(night.from_minute, 18 * 60);
  EXPECT_EQ(night.to_minute, 8 * 60);
  EXPECT_EQ(night.zone, "Europe/Paris");
  ASSERT_GE(night.offsets.size(), 10u);  // two changes a year
  EXPECT_EQ(night.offsets.front(),
            (std::pair<TimeMs, int>{1'735'689'600'000, 3600}));  // 2025-01-01
  EXPECT_EQ(night.offsets[1],
            (std::pair<TimeMs, int>{1'743'296'400'000, 7200}));  // 2025-03-30 01:00 UTC
  EXPECT_EQ(rules().reliability.retries.max, 3);
  EXPECT_EQ(rules().reliability.retries.backoff_max_ms, 2000);
  EXPECT_EQ(rules().reliability.retries.budget_floor_per_s, 7);
  EXPECT_EQ(rules().reliability.breaker.error_rate_ppm, 250'000);
  EXPECT_EQ(rules().reliability.breaker.cooldown_max_ms, 9000);
  EXPECT_EQ(rules().reliability.breaker.half_open, 3);
  EXPECT_EQ(rules().reliability.deadline_ms, 45'000);
  EXPECT_EQ(rules().baseline, 1);
}

TEST_F(Load, TheExcerptGivesTheSameRules) {
  EXPECT_EQ(rules().catalog_json.find("unused"), std::string::npos);
  const Catalog excerpt = *Catalog::read_excerpt(rules().catalog_json);
  const LoadResult again =
      load(text, "wye.yaml", excerpt, environment_, {.secrets_required = true});
  ASSERT_TRUE(again.rules);
  EXPECT_EQ(again.rules->catalog_json, rules().catalog_json);
  EXPECT_EQ(again.rules->fingerprint, rules().fingerprint);
  EXPECT_EQ(again.rules->regions, rules().regions);
  for (std::size_t i = 0; i < rules().deployments.size(); ++i) {
    const Deployment& a = rules().deployments[i];
    const Deployment& b = again.rules->deployments[i];
    EXPECT_EQ(a.price.base.input, b.price.base.input);
    EXPECT_EQ(a.price.tiers.size(), b.price.tiers.size());
    EXPECT_EQ(a.abilities, b.abilities);
    EXPECT_EQ(a.endpoints, b.endpoints);
    EXPECT_EQ(a.context_tokens, b.context_tokens);
  }
}

TEST_F(Load, KeepsNoSecretInTheText) {
  EXPECT_EQ(rules().source_text.find("s3cret"), std::string::npos);
  EXPECT_EQ(rules().catalog_json.find("acme-key"), std::string::npos);
}

TEST_F(Load, ServingNeedsEverySecret) {
  const Environment bare = test_environment();
  EXPECT_TRUE(load(text, "wye.yaml", catalog_, bare).rules);
  const LoadResult refused = load(text, "wye.yaml", catalog_, bare, {.secrets_required = true});
  EXPECT_FALSE(refused.rules);
  // A key whose secret is not there must not let in whoever presents nothing.
  EXPECT_EQ(load(text, "wye.yaml", catalog_, bare).rules->keys[0].hash, Sha256{});
}

TEST(LoadExamples, AreGoodAndQuick) {
  const Environment environment =
      test_environment({{"OPENAI_API_KEY", "x"},
                        {"MISTRAL_API_KEY", "x"},
                        {"ANTHROPIC_API_KEY", "x"},
                        {"GROQ_API_KEY", "x"},
                        {"TOGETHER_API_KEY", "x"},
                        {"DEEPSEEK_API_KEY", "x"},
                        {"WYE_KEY_SUPPORT", "x"}},
                       {{"/run/secrets/hospital-key", "x\n"},
                        {"/etc/ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----\n"}});
  for (const char* name : {"quickstart", "local-only", "cheapest-first", "data-residency",
                           "teams-and-keys", "gradual-change"}) {
    const std::string path = std::string("examples/") + name + ".yaml";
    const std::string example = read_test_file(path);
    ASSERT_FALSE(example.empty()) << path;
    const auto begun = std::chrono::steady_clock::now();
    const LoadResult result =
        load(example, path, test_catalog(), environment, {.secrets_required = true});
    EXPECT_EQ(format_text(result.diagnostics, path, result.shown_text), "");
    EXPECT_TRUE(result.rules);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
  }
}

}  // namespace
}  // namespace wye::config
