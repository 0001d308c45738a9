// The table of keys and what is made from it agree with the examples, the reference and the
// defaults.
#include "config/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "config/document.h"
#include "config/test_support.h"

namespace wye::config {
namespace {

using Json = nlohmann::json;

// As an editor's YAML reader makes JSON of it.
Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::scalar:
      if (const auto flag = plain_bool(node)) return *flag;
      if (const auto number = plain_integer(node)) return *number;
      return node.text;
    case Node::Kind::list: {
      Json out = Json::array();
      for (const Node& item : node.items) out.push_back(to_json(item));
      return out;
    }
    case Node::Kind::map: {
      Json out = Json::object();
      for (const Entry& entry : node.entries) out[entry.key] = to_json(entry.value);
      return out;
    }
  }
  return nullptr;
}

// What the schema has against the text, "" when nothing.
std::string complaints(std::string_view text) {
  const Json schema_json = Json::parse(json_schema());
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  Diagnostics diagnostics;
  const auto root = parse_document(text, diagnostics);
  if (!root) return "not YAML";
  const Json document = to_json(*root);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter target(document);
  std::string out;
  if (validator.validate(schema, target, &results)) return out;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& part : error.context) out += part;
    out += " " + error.description + "\n";
  }
  return out.empty() ? "refused" : out;
}

constexpr std::string_view base = R"(version: 1
providers: { sim: { kind: simulator } }
deployments: { a: { provider: sim, model: sim-fast } }
)";

TEST(Schema, AcceptsTheExamples) {
  for (const char* name : {"quickstart", "local-only", "cheapest-first", "data-residency",
                           "teams-and-keys", "gradual-change"}) {
    const std::string text = read_test_file(std::string("examples/") + name + ".yaml");
    EXPECT_EQ(complaints(text), "") << name;
  }
}

TEST(Schema, RefusesWhatTheReaderRefuses) {
  for (const std::string_view line :
       {"servers: {}\n", "server: { listen: 1 }\n", "reliability: { deadline: 30 }\n",
        "reliability: { retries: { max: 11 } }\n", "tasks: { t: { route: a, max_cost: 0.5 } }\n",
        "tasks: { t: { } }\n", "routes: { r: [] }\n",
        "routes: { r: { strategy: best, deployments: [a] } }\n", "cache: { mode: exact }\n",
        "rules: [ { when: { ask.tokens: 500 }, use: a } ]\n", "keys: { k: { secret: abc } }\n",
        "tasks: { t: { route: a, zdr: yes } }\n",
        "tasks: { t: { route: a, stream: { commit: at_once } } }\n"}) {
    const std::string text = std::string(base) + std::string(line);
    EXPECT_NE(complaints(text), "") << line;
    EXPECT_FALSE(load_text(text).rules) << line;
  }
  EXPECT_EQ(complaints(base), "");
  EXPECT_EQ(complaints(std::string(base) + "x-free: { anything: [1] }\n"), "");
  EXPECT_EQ(
      complaints(std::string(base) + "rules: [ { when: { metadata.tier: gold }, use: a } ]\n"), "");
}

TEST(Reference, IsUpToDate) {
  // To renew it: wye schema --markdown > docs/configuration.md
  EXPECT_EQ(read_test_file("docs/configuration.md"), reference_markdown());
}

TEST(Reference, ExplainsKeys) {
  EXPECT_NE(explain_key("tasks.latency.ttft")->find("first token"), std::string::npos);
  EXPECT_EQ(explain_key("tasks.*.latency.ttft"), explain_key("tasks.latency.ttft"));
  EXPECT_EQ(explain_key("tasks.fallbacks[].to"), explain_key("tasks.fallbacks.to"));
  EXPECT_NE(explain_key("cache")->find("not available yet"), std::string::npos);
  EXPECT_FALSE(explain_key("nothing.here"));
}

TEST(Reference, ExplainsTheWordsOfAKey) {
  for (const auto& [key, words] :
       {std::pair{"tasks.latency.sensitivity", "    batch: nobody waits"},
        {"routes.strategy", "    headroom: the one furthest from its limits first"},
        {"tasks.fallbacks.degrade.drop", "    reasoning: the model is asked not to reason"},
        {"tasks.fallbacks.after", "    rate_limit: "}}) {
    EXPECT_NE(explain_key(key)->find(words), std::string::npos) << *explain_key(key);
  }
}

TEST(Reference, KnowsWhichKeysAreNear) {
  using Paths = std::vector<std::string>;
  EXPECT_EQ(keys_near("fallbacks"), Paths{"tasks.fallbacks"});
  EXPECT_EQ(keys_near("tasks.fallback"), Paths{"tasks.fallbacks"});
  EXPECT_EQ(keys_near("keys.budget"), (Paths{"reliability.retries.budget", "budgets"}));
  EXPECT_EQ(keys_near("keys.zebra"), Paths{});
  EXPECT_EQ(keys_near(""), Paths{});
}

// Writes the defaults that the table gives for a section.
void write_defaults(const Shape& shape, const std::string& indent, std::string& out) {
  for (const Field& field : shape.fields) {
    if (!field.later.empty()) continue;
    if (field.shape->kind == Shape::Kind::object) {
      out += indent + field.key + ":\n";
      write_defaults(*field.shape, indent + "  ", out);
    } else if (!field.default_text.empty()) {
      out += indent + field.key + ": " + field.default_text + "\n";
    }
  }
}

TEST(Schema, DefaultsAreThoseOfTheRules) {
  std::string text(base);
  for (const Field& section : file_shape().fields) {
    if (section.key != "server" && section.key != "reliability" && section.key != "store") continue;
    text += section.key + ":\n";
    write_defaults(*section.shape, "  ", text);
  }
  const LoadResult said = load_text(text);
  const LoadResult unsaid = load_text(base);
  ASSERT_TRUE(said.rules) << format_text(said.diagnostics, "", text);
  ASSERT_TRUE(unsaid.rules);
  const ServerRules& a = said.rules->server;
  const ServerRules& b = unsaid.rules->server;
  EXPECT_EQ(a.listen.host, b.listen.host);
  EXPECT_EQ(a.listen.port, b.listen.port);
  EXPECT_EQ(a.admin_listen.port, b.admin_listen.port);
  EXPECT_EQ(a.threads, b.threads);
  EXPECT_EQ(a.head_bytes_max, b.head_bytes_max);
  EXPECT_EQ(a.body_bytes_max, b.body_bytes_max);
  EXPECT_EQ(a.answer_bytes_max, b.answer_bytes_max);
  EXPECT_EQ(a.head_timeout_ms, b.head_timeout_ms);
  EXPECT_EQ(a.body_timeout_ms, b.body_timeout_ms);
  EXPECT_EQ(a.idle_timeout_ms, b.idle_timeout_ms);
  EXPECT_EQ(a.drain_timeout_ms, b.drain_timeout_ms);
  EXPECT_EQ(a.connections_max, b.connections_max);
  EXPECT_EQ(said.rules->store_path, unsaid.rules->store_path);
  const Reliability& c = said.rules->reliability;
  const Reliability& d = unsaid.rules->reliability;
  EXPECT_EQ(c.deadline_ms, d.deadline_ms);
  EXPECT_EQ(c.retries.max, d.retries.max);
  EXPECT_EQ(c.retries.backoff_min_ms, d.retries.backoff_min_ms);
  EXPECT_EQ(c.retries.backoff_max_ms, d.retries.backoff_max_ms);
  EXPECT_EQ(c.retries.jitter_ppm, d.retries.jitter_ppm);
  EXPECT_EQ(c.retries.honor_retry_after_ms, d.retries.honor_retry_after_ms);
  EXPECT_EQ(c.retries.budget_share_ppm, d.retries.budget_share_ppm);
  EXPECT_EQ(c.retries.budget_floor_per_s, d.retries.budget_floor_per_s);
  EXPECT_EQ(c.breaker.window_ms, d.breaker.window_ms);
  EXPECT_EQ(c.breaker.requests_min, d.breaker.requests_min);
  EXPECT_EQ(c.breaker.error_rate_ppm, d.breaker.error_rate_ppm);
  EXPECT_EQ(c.breaker.consecutive, d.breaker.consecutive);
  EXPECT_EQ(c.breaker.cooldown_min_ms, d.breaker.cooldown_min_ms);
  EXPECT_EQ(c.breaker.cooldown_max_ms, d.breaker.cooldown_max_ms);
  EXPECT_EQ(c.breaker.half_open, d.breaker.half_open);
}

}  // namespace
}  // namespace wye::config
