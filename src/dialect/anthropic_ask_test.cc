// Tests of reading Anthropic requests: facts, faults, splicing.
#include <gtest/gtest.h>

#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;

class AnthropicAsk : public testing::Test {
 protected:
  Result<Ask> read(std::string body, Endpoint endpoint = Endpoint::chat) {
    return dialect.read_ask(reader, {.endpoint = endpoint}, std::move(body));
  }
  // With the least that a request must have.
  Result<Ask> read_with(const std::string& members) {
    return read(R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}])" +
                (members.empty() ? "" : "," + members) + "}");
  }
  void expect_fault(const std::string& body, std::string_view param, std::string_view code) {
    const auto ask = read(body);
    ASSERT_FALSE(ask.has_value()) << body;
    EXPECT_EQ(ask.error().kind, FaultKind::bad_request);
    EXPECT_EQ(ask.error().param, param) << body;
    EXPECT_EQ(ask.error().code, code) << body;
    EXPECT_TRUE(ask.error().message.starts_with(param)) << ask.error().message;
  }
  JsonReader reader;
};

TEST_F(AnthropicAsk, facts) {
  auto ask = read(R"({"model":"fast","max_tokens":100,"stream":true,
    "system":[{"type":"text","text":"Be brief."}],
    "messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
      {"type":"document","source":{"type":"url","url":"https://a/b.pdf"}}]}],
    "tools":[{"name":"f","input_schema":{"type":"object"}}],
    "tool_choice":{"type":"auto","disable_parallel_tool_use":false},
    "thinking":{"type":"enabled","budget_tokens":2000},
    "output_config":{"format":{"type":"json_schema","schema":{}}},
    "stop_sequences":["END"],
    "metadata":{"user_id":"u1","task":"sort","team":"x"}})");
  ASSERT_TRUE(ask.has_value()) << ask.error().message;
  const AskFacts& facts = ask->facts;
  EXPECT_EQ(facts.model, "fast");
  EXPECT_EQ(facts.output_tokens_max, 100);
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(facts.task_metadata, "sort");
  EXPECT_NE(facts.user_hash, 0u);
  EXPECT_NE(facts.prefix_hash, 0u);
  EXPECT_EQ(facts.metadata.size(), 1u);
  const Abilities wanted{Ability::stream,         Ability::images,    Ability::documents,
                         Ability::tools,          Ability::reasoning, Ability::json_schema,
                         Ability::parallel_tools, Ability::stop};
  EXPECT_EQ(facts.needs, wanted);
  EXPECT_GT(facts.input_tokens, 765 + 2000);
  EXPECT_LT(facts.input_tokens, 765 + 2000 + 60);
}

TEST_F(AnthropicAsk, needs_nothing_that_was_not_asked_for) {
  const auto ask = read_with(R"("stream":false,"thinking":{"type":"disabled"},"tools":[])");
  ASSERT_TRUE(ask.has_value());
  EXPECT_TRUE(ask->facts.needs.empty());
  EXPECT_EQ(ask->facts.user_hash, 0u);
}

TEST_F(AnthropicAsk, conversations_that_begin_alike_share_a_prefix) {
  const auto prefix = [&](const std::string& system, const std::string& first,
                          const std::string& more) {
    return read(R"({"model":"m","max_tokens":1,"system":")" + system +
                R"(","messages":[{"role":"user","content":")" + first + "\"}" + more + "]}")
        ->facts.prefix_hash;
  };
  const std::string more = R"(,{"role":"assistant","content":"a"})";
  EXPECT_EQ(prefix("s", "f", ""), prefix("s", "f", more));
  EXPECT_NE(prefix("s", "f", ""), prefix("s", "g", ""));
  EXPECT_NE(prefix("s", "f", ""), prefix("t", "f", ""));
}

TEST_F(AnthropicAsk, faults_name_the_field) {
  const std::string good = R"("messages":[{"role":"user","content":"x"}])";
  expect_fault(R"({"model":1,"max_tokens":1,)" + good + "}", "model", "invalid_type");
  expect_fault(R"({"max_tokens":1,)" + good + "}", "model", "missing_required_parameter");
  expect_fault(R"({"model":"m",)" + good + "}", "max_tokens", "missing_required_parameter");
  expect_fault(R"({"model":"m","max_tokens":1,"temperature":"hot",)" + good + "}", "temperature",
               "invalid_type");
  expect_fault(R"({"model":"m","max_tokens":"1",)" + good + "}", "max_tokens", "invalid_type");
  expect_fault(R"({"model":"m","max_tokens":-1,)" + good + "}", "max_tokens", "invalid_value");
  expect_fault(R"({"model":"m","max_tokens":1})", "messages", "missing_required_parameter");
  expect_fault(R"({"model":"m","max_tokens":1,"messages":[]})", "messages", "empty_array");
  expect_fault(R"({"model":"m","max_tokens":1,"messages":["x"]})", "messages[0]", "invalid_type");
  expect_fault(R"({"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"x"}]})",
               "messages[0].role", "invalid_value");
  expect_fault(R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":7}]})",
               "messages[0].content", "invalid_type");
  expect_fault(R"({"model":"m","max_tokens":1,"messages":[{"role":"user"}]})",
               "messages[0].content", "missing_required_parameter");
  expect_fault(
      R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"x"}]}]})",
      "messages[0].content[0].type", "missing_required_parameter");
  expect_fault(R"({"model":"m","max_tokens":1,"system":5,)" + good + "}", "system", "invalid_type");
  expect_fault(R"({"model":"m","model":"n","max_tokens":1,)" + good + "}", "model",
               "duplicate_parameter");
  expect_fault(R"({"model":"m","max_tokens":1,"stream":"yes",)" + good + "}", "stream",
               "invalid_type");
  expect_fault(R"({"model":"m","max_tokens":1,"metadata":{"task":1},)" + good + "}",
               "metadata.task", "invalid_type");
  expect_fault("{\"model\":", "", "invalid_json");
}

TEST_F(AnthropicAsk, every_cut_of_a_request_is_refused) {
  const std::string whole = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":)"
                            R"([{"type":"text","text":"h\u00e9"}]}],"stream":true})";
  ASSERT_TRUE(read(whole).has_value());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read(whole.substr(0, length)).has_value()) << length;
  }
}

TEST_F(AnthropicAsk, counting_needs_no_limit) {
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  const auto ask = read(body, Endpoint::count_tokens);
  ASSERT_TRUE(ask.has_value());
  const ProviderRequest request = dialect.splice(*ask, Deployment{}, Provider{}, false);
  EXPECT_EQ(request.path, "/messages/count_tokens");
  EXPECT_FALSE(read(body, Endpoint::embeddings).has_value());
}

TEST_F(AnthropicAsk, splicing_changes_the_model_and_nothing_else) {
  const std::string body = R"({ "max_tokens" : 9, "model" : "task", "new_thing":[1, 2],)"
                           R"("messages":[{"role":"user","content":"\u0068i"}] })";
  const auto ask = read(body);
  Deployment deployment;
  deployment.model = "claude \"x\"";
  const ProviderRequest request = dialect.splice(*ask, deployment, Provider{}, false);
  EXPECT_EQ(request.path, "/messages");
  EXPECT_EQ(header(request, "anthropic-version"), "2023-06-01");
  EXPECT_EQ(joined(request), R"({ "max_tokens" : 9, "model" : "claude \"x\"", "new_thing":[1, 2],)"
                             R"("messages":[{"role":"user","content":"\u0068i"}] })");
}

TEST_F(AnthropicAsk, splicing_cuts_the_task_and_unwanted_reasoning) {
  const auto ask = read_with(R"("thinking":{"type":"enabled","budget_tokens":1024},)"
                             R"("output_config":{"effort":"low"},"metadata":{"task":"t"})");
  Deployment deployment;
  deployment.model = "n";
  const std::string kept =
      R"({"model":"n","max_tokens":9,"messages":[{"role":"user","content":"hi"}])";
  EXPECT_EQ(joined(dialect.splice(*ask, deployment, Provider{}, true)), kept + "}");
  EXPECT_EQ(joined(dialect.splice(*ask, deployment, Provider{}, false)),
            kept + R"(,"thinking":{"type":"enabled","budget_tokens":1024},)"
                   R"("output_config":{"effort":"low"}})");
  const auto both = read_with(R"("output_config":{"effort":"low","format":null},)"
                              R"("metadata":{"task":"t","user_id":"u"})");
  EXPECT_EQ(joined(dialect.splice(*both, deployment, Provider{}, true)),
            kept + R"(,"output_config":{"format":null},"metadata":{"user_id":"u"}})");
}

TEST_F(AnthropicAsk, vertex_has_the_model_in_its_path) {
  Provider vertex;
  vertex.hosting = Hosting::vertex;
  Deployment deployment;
  deployment.model = "claude-sonnet-4@20250514";
  auto ask = read_with(R"("stream":true)");
  ask->betas = "context-1m-2025-08-07,prompt-caching-scope-2026-01-05";
  const ProviderRequest request = dialect.splice(*ask, deployment, vertex, false);
  EXPECT_EQ(request.path, "/models/claude-sonnet-4@20250514:streamRawPredict");
  EXPECT_EQ(joined(request), R"({"anthropic_version":"vertex-2023-10-16","max_tokens":9,)"
                             R"("messages":[{"role":"user","content":"hi"}],"stream":true})");
  EXPECT_EQ(header(request, "anthropic-version"), "");
  EXPECT_EQ(header(request, "anthropic-beta"), "context-1m-2025-08-07");
  EXPECT_EQ(request.dropped,
            std::vector<std::string>{"anthropic-beta:prompt-caching-scope-2026-01-05"});
  auto plain = read_with("");
  EXPECT_EQ(dialect.splice(*plain, deployment, vertex, false).path,
            "/models/claude-sonnet-4@20250514:rawPredict");
  const auto content = dialect.read_content(reader, *plain);
  const auto written = dialect.write_ask(*content, *plain, deployment, vertex);
  EXPECT_TRUE(same_json(joined(*written),
                        R"({"anthropic_version":"vertex-2023-10-16","max_tokens":9,)"
                        R"("messages":[{"role":"user","content":"hi"}]})"));
}

TEST_F(AnthropicAsk, the_newer_version_is_asked_for_when_the_content_needs_it) {
  const std::string body = R"({"model":"m","max_tokens":1,"messages":[)"
                           R"({"role":"user","content":"a"},{"role":"system","content":"b"}]})";
  auto ask = read(body);
  EXPECT_TRUE(ask->system_among_messages);
  EXPECT_EQ(header(dialect.splice(*ask, {}, {}, false), "anthropic-version"), "2026-10-21");
  const auto content = dialect.read_content(reader, *ask);
  EXPECT_EQ(header(*dialect.write_ask(*content, *ask, {}, {}), "anthropic-version"), "2026-10-21");
  ask->version = "2023-06-01";
  EXPECT_EQ(header(dialect.splice(*ask, {}, {}, false), "anthropic-version"), "2023-06-01");
}

// A conversation that went on elsewhere for a while carries what Anthropic refuses.
TEST_F(AnthropicAsk, signatures_of_others_do_not_reach_anthropic) {
  const auto ask = read(R"({"model":"m","max_tokens":4000,
    "thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"q"},
    {"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"wye1.none."},
      {"type":"tool_use","id":"c1.wye1.gemini.AB/=","name":"f","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1.wye1.gemini.AB/=",
      "content":"1"}]}]})");
  ASSERT_TRUE(ask.has_value());
  EXPECT_TRUE(ask->carries_signatures);
  Deployment deployment;
  deployment.model = "claude-sonnet-4-5";
  EXPECT_TRUE(same_json(joined(dialect.splice(*ask, deployment, {}, false)),
                        R"({"model":"claude-sonnet-4-5","max_tokens":4000,
    "messages":[{"role":"user","content":"q"},
    {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"1"}]}]})"));
  const auto content = dialect.read_content(reader, *ask);
  EXPECT_EQ(content->messages[1].parts[1].signature, (Signature{"AB/=", "gemini"}));
}

TEST_F(AnthropicAsk, what_nobody_knows_comes_back) {
  const std::string body = R"({"model":"m","max_tokens":5,"system":[],"metadata":{"x":1},
    "context_management":{"edits":[{"type":"a"}]},"cache_control":{"type":"ephemeral","ttl":"1h"},
    "output_config":{"effort":"odd","task_budget":{"total":3}},"temperature":null,
    "thinking":{"type":"adaptive","display":"omitted"},"stop_sequences":[],
    "tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2},
      {"name":"f","input_schema":{},"defer_loading":true,"cache_control":{"type":"ephemeral"}}],
    "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
    "messages":[{"role":"user","content":[
      {"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}]},
      {"type":"text","text":"y","cache_control":{"type":"ephemeral"},"citations":null},
      {"type":"document","title":"d","context":"c","source":{"type":"content","content":[
        {"type":"text","text":"z"}]},"citations":{"enabled":true}},
      {"type":"image","source":{"type":"file","file_id":"file_1"}}]},
     {"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":"s"},
      {"type":"redacted_thinking","data":"d"},
      {"type":"tool_use","id":"i","name":"f","input":{"a":[1.50]},"caller":{"type":"direct"}}]},
     {"role":"user","content":[{"type":"tool_result","tool_use_id":"i"},
      {"type":"tool_result","tool_use_id":"j","content":"e","is_error":false},
      {"type":"tool_result","tool_use_id":"k","content":[{"type":"text","text":"e"},
        {"type":"tool_reference","tool_name":"f"}],"is_error":true}]}]})";
  const auto ask = read(body);
  ASSERT_TRUE(ask.has_value()) << ask.error().message;
  const auto content = dialect.read_content(reader, *ask);
  Deployment deployment;
  deployment.model = "m";
  EXPECT_TRUE(same_json(joined(*dialect.write_ask(*content, *ask, deployment, {})), body));
}

}  // namespace
}  // namespace wye
