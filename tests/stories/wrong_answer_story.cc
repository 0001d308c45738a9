// Stories of answers of status 200 that are wrong: what the client sees of them, what they are
// called, and how often providers are asked.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

#include "stories/story.h"

namespace wye::story {
namespace {

std::string policy(std::string_view kind = "openai_compatible") {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {0}, base_url: "http://acme.sim/v1", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: {0}, base_url: "http://backup.sim/v1", api_key: "${{env:APP_KEY}}" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }}, abilities: [stream, tools, prefill] }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }}, abilities: [stream, tools, prefill] }}
tasks:
  chat:
    route: [first, second]
    latency: {{ ttft: 2s, stall: 1s, total: 20s }}
reliability:
  retries: {{ max: 0 }}
)",
                     kind);
}

struct Wrong {
  std::string_view fault;
  FaultKind whole;
  FaultKind streamed;
};

TEST(WrongAnswerStory, IsSeenByNobodyAndAskedForOnce) {
  constexpr Wrong wrongs[]{
      {R"("wrong_length")", FaultKind::cut, FaultKind::cut},
      {R"("html_200")", FaultKind::outage, FaultKind::outage},
      {R"({"kind":"error_event","after_tokens":0})", FaultKind::outage, FaultKind::outage},
      {R"("garbage")", FaultKind::outage, FaultKind::outage},
  };
  for (const Wrong& wrong : wrongs) {
    for (const bool stream : {false, true}) {
      SCOPED_TRACE(fmt::format("{}{}", wrong.fault, stream ? " streamed" : ""));
      Story story(policy());
      Wish wish;
      wish.stream = stream;
      const std::string whole = story.ask(wish).text();
      ASSERT_TRUE(story.strike("acme", wrong.fault));
      const Told told = story.ask(wish);
      EXPECT_EQ(told.status, 200) << told.body;
      EXPECT_EQ(told.text(), whole);
      EXPECT_TRUE(told.clean_end);
      EXPECT_EQ(told.looks_whole(), stream);
      EXPECT_FALSE(told.has_error_frame());
      EXPECT_EQ(told.header("x-wye-deployment"), "second");
      const FaultKind kind = stream ? wrong.streamed : wrong.whole;
      EXPECT_EQ(told.header("x-wye-fallback-reason"), to_string(kind));
      EXPECT_EQ(story.calls("acme"), 2U) << "the one of before, and this one";
      EXPECT_EQ(story.calls("backup"), 1U);
    }
  }
}

TEST(WrongAnswerStory, CharactersThatReadsCutArriveWhole) {
  for (const char* kind : {"openai_compatible", "anthropic"}) {
    for (const DialectId client : {DialectId::openai, DialectId::anthropic, DialectId::gemini}) {
      SCOPED_TRACE(fmt::format("{} for {}", kind, to_string(client)));
      Story story(policy(kind));
      ASSERT_TRUE(story.strike("acme", R"("split_utf8")"));
      Wish wish;
      wish.dialect = client;
      const Heard whole = story.ask(wish).heard(wish);
      wish.stream = true;
      const Heard streamed = story.ask(wish).heard(wish);
      EXPECT_TRUE(streamed.whole);
      EXPECT_EQ(streamed.text, whole.text);
      const auto is_ascii = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0x80) == 0;
      };
      EXPECT_FALSE(std::all_of(streamed.text.begin(), streamed.text.end(), is_ascii));
      EXPECT_EQ(story.calls("acme"), 2U);
      EXPECT_EQ(story.calls("backup"), 0U);
      EXPECT_EQ(story.why().record.outcomes.back().events_malformed, 0);
    }
  }
}

// A client that may call a tool.
Wish with_tool(bool stream) {
  Wish wish;
  wish.stream = stream;
  wish.content = R"(please call look {"at":"the far side of the moon, and then at the near one"})";
  wish.more =
      R"(,"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}}}])";
  return wish;
}

TEST(WrongAnswerStory, AToolCallThatIsCutInsideItsArgumentsIsNeverTakenForACall) {
  Story story(policy());
  ASSERT_TRUE(story.strike("acme", R"("cut_arguments")"));
  const Told streamed = story.ask(with_tool(true));
  EXPECT_NE(streamed.body.find("tool_calls"), std::string::npos) << "it had begun";
  EXPECT_FALSE(streamed.looks_whole());
  EXPECT_FALSE(streamed.clean_end);
  EXPECT_TRUE(streamed.has_error_frame()) << streamed.body;
  EXPECT_EQ(streamed.body.find(R"("finish_reason":"tool_calls")"), std::string::npos);
  EXPECT_EQ(story.calls("backup"), 0U) << "nobody can go on with half a call";
  const Replay record = story.why().record;
  ASSERT_TRUE(record.fault);
  EXPECT_EQ(record.fault->kind, FaultKind::cut);

  const Told whole = story.ask(with_tool(false));
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.header("x-wye-deployment"), "second");
  EXPECT_NE(whole.body.find(R"("finish_reason":"tool_calls")"), std::string::npos) << whole.body;
  EXPECT_EQ(story.calls("backup"), 1U);
}

}  // namespace
}  // namespace wye::story
