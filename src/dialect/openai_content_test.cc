// Tests of the hub's way: requests and answers read in full and written back mean the same, and
// what other dialects put into the hub comes out as OpenAI knows it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "dialect/test_corpus.h"

namespace wye {
namespace {

const Dialect& openai() { return *dialect_of(DialectId::openai); }

std::string fixture(std::string_view name) {
  std::ifstream in(std::filesystem::path(WYE_SOURCE_DIR) / "tests/fixtures" / name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string written(const Content& content, const Ask& ask, const std::string& model,
                    const Provider& provider = {}) {
  Deployment deployment;
  deployment.model = model;
  const auto request = openai().write_ask(content, ask, deployment, provider);
  std::string out;
  for (const std::string_view piece : request->body) out += piece;
  return out;
}

TEST(OpenaiContent, reads_and_writes_everything_in_a_request) {
  const std::string body = fixture("openai_agent_ask.json");
  JsonReader reader;
  const auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, body);
  ASSERT_TRUE(ask.has_value()) << ask.error().message;
  const auto content = openai().read_content(reader, *ask);
  ASSERT_TRUE(content.has_value());
  std::string where;
  const std::string back = written(*content, *ask, "support/triage");
  EXPECT_TRUE(corpus::same_json(body, back, where)) << where << "\n" << back;

  // The parts are understood, not only kept.
  const Message& user = content->messages[1];
  ASSERT_EQ(user.parts.size(), 6u);
  EXPECT_EQ(std::get<Image>(user.parts[1].body).media.media_type, "image/png");
  EXPECT_EQ(std::get<Document>(user.parts[3].body).name, "bill.pdf");
  EXPECT_EQ(std::get<Unknown>(user.parts[5].body).type, "video_url");
  EXPECT_EQ(content->messages[0].parts[0].cache->ttl, "1h");
  const Message& thinking = content->messages[5];
  ASSERT_EQ(thinking.parts.size(), 3u);
  EXPECT_EQ(thinking.parts[0].signature, (Signature{"c2lnbmVk", "anthropic-claude-v1"}));
  EXPECT_TRUE(std::get<Reasoning>(thinking.parts[1].body).encrypted);
  EXPECT_EQ(content->tool_choice.names, std::vector<std::string>{"look"});
}

TEST(OpenaiContent, the_task_does_not_leave_the_house) {
  JsonReader reader;
  const auto ask = openai().read_ask(
      reader, {.endpoint = Endpoint::chat},
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"task":"t","a":"b"}})");
  const auto content = openai().read_content(reader, *ask);
  EXPECT_EQ(written(*content, *ask, "n"),
            R"({"model":"n","messages":[{"role":"user","content":"x"}],"metadata":{"a":"b"}})");
}

TEST(OpenaiContent, writes_what_another_dialect_read) {
  Content content;
  content.origin = DialectId::anthropic;
  content.output_tokens_max = 64;
  content.extra.push_back({"anthropic_only", "1"});
  Message assistant{.role = Role::assistant, .name = {}, .parts = {}, .form = {}, .extra = {}};
  assistant.parts.emplace_back().body = Reasoning{"secret thoughts"};
  assistant.parts.back().signature = {"sig", "anthropic"};
  assistant.parts.emplace_back().body = ToolCall{"toolu_1", "look", ""};
  Message user;
  ToolResult result{.call_id = "toolu_1", .name = {}, .parts = {}};
  result.parts.emplace_back().body = Text{"a cat"};
  user.parts.emplace_back().body = result;
  user.parts.emplace_back().body = Text{"And now?"};
  user.parts.back().cache = CacheControl{};
  content.messages = {assistant, user};
  Ask ask;
  Provider provider;
  provider.kind = "openai";
  provider.habits.output_limit = OutputLimit::max_completion_tokens;
  EXPECT_EQ(written(content, ask, "m", provider),
            R"({"model":"m","messages":[{"role":"assistant","content":null,)"
            R"("tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"look",)"
            R"("arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_1","content":"a cat"},)"
            R"({"role":"user","content":"And now?"}],"max_completion_tokens":64})");
}

TEST(OpenaiContent, reads_and_writes_an_answer) {
  std::string body = fixture("openai_answer.json");
  JsonReader reader;
  const auto answer = openai().read_answer(reader, Endpoint::chat, body, Provider{});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage, (Usage{20, 12, 0, 30, 9, UsageSource::provider}));
  EXPECT_EQ(answer->choices[1].finish, FinishReason::tool_calls);
  std::string where;
  const std::string back = openai().write_answer(*answer, Ask());
  EXPECT_TRUE(corpus::same_json(body, back, where)) << where << "\n" << back;
}

TEST(OpenaiContent, packs_embeddings_as_the_client_asked) {
  Answer answer;
  answer.origin = DialectId::gemini;
  answer.endpoint = Endpoint::embeddings;
  answer.model = "e";
  answer.embeddings.push_back({.index = 0, .values = {1.0, -2.0}, .base64 = {}, .extra = {}});
  Ask ask;
  EXPECT_NE(openai().write_answer(answer, ask).find(R"("embedding":[1)"), std::string::npos);
  ask.client_wants_base64 = true;
  const std::string packed = openai().write_answer(answer, ask);
  EXPECT_NE(packed.find(R"("embedding":"AACAPwAAAMA=")"), std::string::npos) << packed;
}

TEST(Table, knows_paths_and_dialects) {
  EXPECT_EQ(inbound_route("/v1/chat/completions")->endpoint, Endpoint::chat);
  EXPECT_EQ(inbound_route("/openai/v1/embeddings")->endpoint, Endpoint::embeddings);
  EXPECT_EQ(inbound_route("/v1/messages")->dialect, DialectId::anthropic);
  EXPECT_EQ(inbound_route("/v1beta/models/a/b:c:streamGenerateContent")->dialect,
            DialectId::gemini);
  EXPECT_FALSE(inbound_route("/v1/nothing").has_value());
  EXPECT_EQ(inbound_route("/v1/messages?beta=true")->query, "beta=true");
  EXPECT_EQ(inbound_route("/openai/deployments/x/embeddings?api-version=1")->endpoint,
            Endpoint::embeddings);
  EXPECT_EQ(dialect_of(DialectId::openai)->id, DialectId::openai);
}

}  // namespace
}  // namespace wye
