// Tests of the search that providers run themselves: each vendor's spelling reaches the others.
#include <gtest/gtest.h>

#include <algorithm>

#include "dialect/test_reading.h"
#include "dialect/web_search.h"

namespace wye {
namespace {

struct Client {
  DialectId dialect;
  std::string_view path;
  std::string body;
};

// The same wish in the words of all that have it, as far as they can say it.
const Client clients[]{
    {DialectId::openai, "/v1/chat/completions",
     R"({"model":"m","messages":[{"role":"user","content":"q"}],"web_search_options":)"
     R"({"search_context_size":"low","user_location":{"type":"approximate","approximate":)"
     R"({"city":"Bern","country":"CH"}}}})"},
    {DialectId::openai_responses, "/v1/responses",
     R"({"model":"m","input":"q","tools":[{"type":"web_search","search_context_size":"low",)"
     R"("filters":{"allowed_domains":["a.org"]},)"
     R"("user_location":{"type":"approximate","city":"Bern","country":"CH"}}]})"},
    {DialectId::anthropic, "/v1/messages",
     R"({"model":"m","max_tokens":50,"messages":[{"role":"user","content":"q"}],"tools":)"
     R"([{"type":"web_search_20250305","name":"web_search","max_uses":3,)"
     R"("allowed_domains":["a.org"],"blocked_domains":null,)"
     R"("user_location":{"type":"approximate","city":"Bern","country":"CH"}}]})"},
    {DialectId::gemini, "/v1beta/models/m:generateContent",
     R"({"contents":[{"parts":[{"text":"q"}]}],"tools":[{"google_search":{}}]})"},
};

Result<ProviderRequest> write(const Client& client, DialectId to, std::string_view model) {
  JsonReader reader;
  const Dialect& from = *dialect_of(client.dialect);
  auto ask = from.read_ask(reader, *inbound_route(client.path), client.body);
  EXPECT_TRUE(ask.has_value()) << client.body;
  const auto content = from.read_content(reader, *ask);
  if (!content) return fail(content.error());
  Deployment deployment;
  deployment.model = model;
  Provider provider;
  provider.dialect = to;
  return dialect_of(to)->write_ask(*content, *ask, deployment, provider);
}

bool is_told(const ProviderRequest& request, std::string_view name) {
  const auto& dropped = request.dropped;
  return std::find(dropped.begin(), dropped.end(), name) != dropped.end();
}

TEST(WebSearch, reaches_whoever_has_one) {
  const struct {
    DialectId dialect;
    std::string_view model, written;
  } targets[]{
      {DialectId::openai, "gpt-4o-search-preview", R"("web_search_options":{)"},
      {DialectId::openai_responses, "gpt-5", R"("tools":[{"type":"web_search")"},
      {DialectId::anthropic, "claude-sonnet-4-5",
       R"("tools":[{"type":"web_search_20250305","name":"web_search")"},
      {DialectId::gemini, "gemini-3-pro", R"("tools":[{"googleSearch":{}}])"},
  };
  for (const Client& client : clients) {
    for (const auto& target : targets) {
      if (client.dialect == target.dialect) continue;
      const auto request = write(client, target.dialect, target.model);
      ASSERT_TRUE(request.has_value()) << request.error().message;
      const std::string body = reading::joined(*request);
      EXPECT_NE(body.find(target.written), std::string::npos) << body;
      const bool located = client.body.find("Bern") == std::string::npos ||
                           body.find(R"("city":"Bern")") != std::string::npos ||
                           is_told(*request, "tools.user_location");
      EXPECT_TRUE(located) << body;
    }
  }
}

TEST(WebSearch, is_told_where_nobody_searches) {
  const std::pair<DialectId, std::string_view> targets[]{
      {DialectId::openai, "gpt-4o"},
      {DialectId::bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
      {DialectId::cohere, "command-a"},
      {DialectId::ollama, "qwen3"}};
  for (const Client& client : clients) {
    for (const auto& [dialect, model] : targets) {
      if (client.dialect == dialect) continue;
      const auto request = write(client, dialect, model);
      ASSERT_TRUE(request.has_value()) << request.error().message;
      EXPECT_TRUE(is_told(*request, search_name)) << to_string(dialect);
      EXPECT_EQ(reading::joined(*request).find("earch"), std::string::npos);
    }
  }
}

// Gemini refuses functions beside its search, and only functions can be called by the client.
TEST(WebSearch, gives_way_to_functions_at_gemini) {
  Client client = clients[2];
  client.body =
      R"({"model":"m","max_tokens":50,"messages":[{"role":"user","content":"q"}],"tools":)"
      R"([{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{"type":"object"}}]})";
  const auto request = write(client, DialectId::gemini, "gemini-3-pro");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(reading::joined(*request).find("googleSearch"), std::string::npos);
  EXPECT_NE(reading::joined(*request).find(R"("name":"f")"), std::string::npos);
  EXPECT_TRUE(is_told(*request, search_name));
}

TEST(WebSearch, a_function_of_that_name_is_the_clients) {
  Client client = clients[1];
  client.body = R"({"model":"m","input":"q","tools":[{"type":"web_search"},)"
                R"({"type":"function","name":"web_search","parameters":{"type":"object"}}]})";
  const auto request = write(client, DialectId::anthropic, "claude-sonnet-4-5");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(reading::joined(*request).find("web_search_2025"), std::string::npos);
  EXPECT_TRUE(is_told(*request, search_name));
}

TEST(WebSearch, settings_that_a_vendor_lacks_are_told) {
  const WebSearch search{.context_size = "high",
                         .uses_max = 2,
                         .allowed_domains = {"a"},
                         .blocked_domains = {"b"},
                         .city = "Bern",
                         .region = {},
                         .country = {},
                         .timezone = {}};
  const auto told = [&](auto write_it) {
    std::vector<std::string> dropped;
    std::string out;
    JsonWriter json(out);
    write_it(json, search, dropped);
    return dropped;
  };
  EXPECT_EQ(told(write_responses_search),
            (std::vector<std::string>{"tools.max_uses", "tools.blocked_domains"}));
  EXPECT_EQ(told(write_anthropic_search),
            (std::vector<std::string>{"tools.blocked_domains", "tools.search_context_size"}));
  EXPECT_EQ(told(write_chat_search),
            (std::vector<std::string>{"tools.allowed_domains", "tools.blocked_domains",
                                      "tools.max_uses"}));
  EXPECT_EQ(told([](JsonWriter& json, const WebSearch& what, std::vector<std::string>& dropped) {
              write_gemini_search(json, what, false, dropped);
            }).size(),
            5u);
}

TEST(WebSearch, other_tools_are_none) {
  EXPECT_FALSE(read_web_search("file_search", "{}"));
  EXPECT_FALSE(read_web_search("tool_search", "{}"));
  EXPECT_FALSE(read_web_search("", "{}"));
  EXPECT_FALSE(read_web_search("web_search", "no object"));
  EXPECT_TRUE(read_web_search("web_search_preview_2025_03_11", R"({"user_location":null})"));
}

// A client of the same API is written back as it came.
TEST(WebSearch, own_words_stay) {
  for (const Client& client : clients) {
    const auto request = write(client, client.dialect, "m");
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->dropped.empty());
    EXPECT_NE(reading::joined(*request).find("earch"), std::string::npos);
  }
}

}  // namespace
}  // namespace wye
