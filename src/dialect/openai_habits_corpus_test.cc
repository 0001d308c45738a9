// Tests of requests for Mistral over recorded traffic: its own clients' come back as they were, and
// those of others obey the rules that Mistral's description gives. Skipped where the recordings are
// absent.
#include <gtest/gtest.h>

#include <set>

#include "dialect/test_reading.h"

namespace wye {
namespace {

using reading::Tally;

// The members that Mistral's description of a chat request lists; it permits no others.
const std::set<std::string_view> members{"model",
                                         "temperature",
                                         "top_p",
                                         "max_tokens",
                                         "stream",
                                         "stop",
                                         "random_seed",
                                         "metadata",
                                         "messages",
                                         "response_format",
                                         "tools",
                                         "tool_choice",
                                         "presence_penalty",
                                         "frequency_penalty",
                                         "n",
                                         "prediction",
                                         "parallel_tool_calls",
                                         "prompt_mode",
                                         "reasoning_effort",
                                         "guardrails",
                                         "prompt_cache_key",
                                         "safe_prompt"};

class MistralRequests : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
    provider.stream_usage = StreamUsage::always;
    provider.habits = {.output_limit = OutputLimit::max_tokens,
                       .developer_role = false,
                       .random_seed = true,
                       .stream_options = false,
                       .user = false,
                       .prefix_flag = {},
                       .tool_id_length = 9,
                       .reasoning_efforts = {"none", "high"}};
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
  Provider provider = corpus::provider_of("mistral");
};

bool is_letters_and_digits(std::string_view id) {
  return id.size() == 9 &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

// What Mistral would refuse, "" when there is nothing.
std::string breach_of_message(const corpus::Dom& message) {
  if (corpus::text_at(message, "/role") == "developer") return "developer";
  simdjson::dom::array calls;
  if (message["tool_calls"].get(calls) == simdjson::SUCCESS) {
    for (const corpus::Dom call : calls) {
      if (!is_letters_and_digits(corpus::text_at(call, "/id"))) return "id of a call";
    }
  }
  const std::string id = corpus::text_at(message, "/tool_call_id");
  return id.empty() || is_letters_and_digits(id) ? "" : "id of an answer";
}

std::string breach_of(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return "no JSON";
  for (const auto field : root) {
    if (!members.contains(field.key)) return std::string(field.key);
  }
  simdjson::dom::array messages;
  if (root["messages"].get(messages) != simdjson::SUCCESS) return "no messages";
  for (const corpus::Dom message : messages) {
    if (std::string breach = breach_of_message(message); !breach.empty()) return breach;
  }
  return {};
}

TEST_F(MistralRequests, of_its_own_clients_come_back_equal) {
  Tally tally;
  int spliced = 0;
  corpus::for_each_exchange("mistral", [&](const corpus::Exchange& exchange) {
    if (exchange.api != "chat" || exchange.status != 200) return;
    // The recorder wrote over the ids of calls.
    if (exchange.request.find("REDACTED") != std::string::npos) return;
    auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, exchange.request);
    ASSERT_TRUE(ask.has_value()) << exchange.id;
    spliced += openai.can_splice(*ask, provider);
    Deployment deployment;
    deployment.model = ask->facts.model;
    const auto content = openai.read_content(reader, *ask);
    const auto written = openai.write_ask(*content, *ask, deployment, provider);
    ASSERT_TRUE(written.has_value()) << exchange.id;
    std::string cause;
    const bool equal = corpus::same_json(exchange.request, reading::joined(*written), cause);
    tally.add(equal, cause, exchange.id);
  });
  tally.print("Mistral requests through the hub");
  std::printf("  of them spliced: %d\n", spliced);
  EXPECT_GT(tally.all, 100);
  EXPECT_GE(tally.percent(), 99.0);
}

TEST_F(MistralRequests, of_others_obey_its_rules) {
  Tally tally;
  const std::pair<std::string_view, DialectId> sources[]{{"anthropic", DialectId::anthropic},
                                                         {"cohere", DialectId::cohere},
                                                         {"ollama", DialectId::ollama},
                                                         {"gemini", DialectId::gemini}};
  for (const auto& [name, speaker] : sources) {
    const DialectId id = speaker;  // clang 14 lets no lambda hold a structured binding
    const Dialect* dialect = dialect_of(id);
    if (dialect == nullptr || dialect->read_ask == nullptr) continue;
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.status != 200 || exchange.request.empty()) return;
      const InboundRoute route{
          .dialect = id, .endpoint = Endpoint::chat, .path = "/v1beta/models/m:generateContent"};
      auto ask = dialect->read_ask(reader, route, exchange.request);
      if (!ask) return;
      const auto content = dialect->read_content(reader, *ask);
      if (!content) return;
      Deployment deployment;
      deployment.model = "m";
      const auto written = openai.write_ask(*content, *ask, deployment, provider);
      if (!written) return;
      const std::string breach = breach_of(reading::joined(*written));
      tally.add(breach.empty(), breach, exchange.id);
    });
  }
  tally.print("requests of other dialects to Mistral");
  EXPECT_GT(tally.all, 500);
  EXPECT_GE(tally.percent(), 99.9);
}

}  // namespace
}  // namespace wye
