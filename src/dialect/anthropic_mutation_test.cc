// Tests of the Anthropic dialect on damaged input: whatever comes in, what goes out is JSON, and
// nothing is read beyond its end.
#include <gtest/gtest.h>

#include <random>

#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;

constexpr std::string_view request =
    R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"s"}],"messages":[)"
    R"({"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},)"
    R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},)"
    R"({"type":"tool_result","tool_use_id":"i","content":[{"type":"text","text":"r"}]}]},)"
    R"({"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"g"},)"
    R"({"type":"tool_use","id":"i","name":"f","input":{"k":[1,null]}}]}],)"
    R"("tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto"},)"
    R"("thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"low"},)"
    R"("metadata":{"task":"t","user_id":"u"},"stream":true,"stop_sequences":["x"]})";

constexpr std::string_view answer =
    R"({"id":"i","type":"message","model":"m","content":[{"type":"text","text":"a"},)"
    R"({"type":"thinking","thinking":"t","signature":"s"},{"type":"server_tool_use","id":"q"},)"
    R"({"type":"tool_use","id":"u","name":"f","input":{"k":1}}],"stop_reason":"tool_use",)"
    R"("stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2}})";

bool is_json(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(std::string(text)).error() == simdjson::SUCCESS;
}

// Bytes that matter to a parser are put in more often than others.
std::string damaged(std::string_view text, std::mt19937& dice) {
  constexpr std::string_view signs = "{}[]\",:\\0a ";
  std::string out(text);
  for (std::size_t i = 0; i <= dice() % 3; ++i) {
    const std::size_t at = dice() % out.size();
    const std::size_t what = dice() % 4;
    if (what == 0) out.erase(at, 1 + dice() % 9);
    if (what == 1) out.insert(at, 1, signs[dice() % signs.size()]);
    if (what == 2 && at < out.size()) out[at] = signs[dice() % signs.size()];
    if (what == 3) out.insert(at, out.substr(dice() % out.size(), dice() % 40));
    if (out.empty()) out = "x";
  }
  return out;
}

TEST(AnthropicMutation, requests) {
  std::mt19937 dice(11);
  JsonReader reader;
  const Dialect& openai = *dialect_of(DialectId::openai);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string body = damaged(request, dice);
    const auto ask = dialect.read_ask(reader, {.endpoint = Endpoint::chat}, body);
    if (!ask) {
      EXPECT_EQ(ask.error().kind, FaultKind::bad_request) << body;
      continue;
    }
    ++accepted;
    Provider provider;
    provider.hosting = i % 2 == 0 ? Hosting::own : Hosting::vertex;
    EXPECT_TRUE(is_json(joined(dialect.splice(*ask, {}, provider, i % 3 == 0)))) << body;
    const auto content = dialect.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << body;
    EXPECT_TRUE(is_json(joined(*dialect.write_ask(*content, *ask, {}, provider)))) << body;
    const auto other = openai.write_ask(*content, *ask, {}, {});
    EXPECT_TRUE(!other || is_json(joined(*other))) << body;
  }
  EXPECT_GT(accepted, 2000);
}

TEST(AnthropicMutation, answers) {
  std::mt19937 dice(12);
  JsonReader reader;
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string body = damaged(answer, dice);
    const std::string before = body;
    const auto read = dialect.read_answer(reader, Endpoint::chat, body, {});
    if (!read) continue;
    ++accepted;
    EXPECT_TRUE(is_json(dialect.write_answer(*read, Ask{}))) << before;
  }
  EXPECT_GT(accepted, 2000);
}

TEST(AnthropicMutation, streams) {
  std::mt19937 dice(13);
  JsonReader reader;
  const std::vector<Delta> deltas{
      {0, StartDelta{"i", "m", 0}},
      {0, ReasoningDelta{"t", {}}},
      {0, TextDelta{"a"}},
      {0, ToolCallDelta{0, "c", "f", {}}},
      {0, ArgumentsDelta{0, "{\"a\":"}},
      {0, ArgumentsDelta{0, "1}"}},
      {0, FinishDelta{FinishReason::tool_calls, "", {}}},
  };
  const std::string whole = write_stream(dialect, deltas);
  for (int i = 0; i < 5000; ++i) {
    const Reading reading = read_stream(dialect, reader, damaged(whole, dice));
    SseReader sse(1 << 20);
    sse.feed(write_stream(dialect, reading.deltas));
    SseEvent event;
    while (sse.next(event).value_or(false)) EXPECT_TRUE(is_json(event.data)) << event.data;
  }
}

}  // namespace
}  // namespace wye
