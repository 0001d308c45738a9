#include "gateway/stream_relay.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

std::string passed(bool pass_usage, std::string_view stream) {
  JsonReader json;
  Provider provider;
  StreamSetup setup;
  setup.reader = dialect_of(DialectId::openai)->open_reader(json, provider);
  setup.pass_usage = pass_usage;
  StreamRelay relay(std::move(setup));
  std::string out;
  EXPECT_TRUE(relay.feed(stream));
  for (const std::string_view piece : relay.take_pieces()) out.append(piece);
  return out + relay.take_last();
}

constexpr std::string_view first =
    "data: "
    "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}"
    "\n\n";
constexpr std::string_view last =
    "data: {\"usage\" : null , \"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
    "\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view usage =
    "data: "
    "{\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
constexpr std::string_view done = "data: [DONE]\n\n";

TEST(StreamRelay, UsageThatTheClientDidNotAskForLeavesNoTrace) {
  const std::string stream = std::string(first).append(last).append(usage).append(done);
  EXPECT_EQ(passed(true, stream), stream);
  EXPECT_EQ(passed(false, stream),
            "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
            "data: { \"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
            "\"finish_reason\":\"stop\"}]}\n\n"
            "data: [DONE]\n\n");
}

TEST(StreamRelay, WhatWasHandedOutIsNotHandedOutAgain) {
  JsonReader json;
  Provider provider;
  StreamSetup setup;
  setup.reader = dialect_of(DialectId::openai)->open_reader(json, provider);
  setup.pass_usage = true;
  StreamRelay relay(std::move(setup));
  ASSERT_TRUE(relay.feed(first));
  EXPECT_TRUE(relay.ready_to_write());
  EXPECT_EQ(relay.take_pieces().size(), 1U);
  EXPECT_FALSE(relay.ready_to_write()) << "nothing has come since";
  ASSERT_TRUE(relay.feed(last));
  EXPECT_TRUE(relay.ready_to_write());
  EXPECT_EQ(relay.take_pieces()[0], last);
}

TEST(StreamRelay, AnAnswerOfSeveralChoicesIsWholeWhenEachHasFinished) {
  for (const bool both : {false, true}) {
    JsonReader json;
    Provider provider;
    StreamSetup setup;
    setup.reader = dialect_of(DialectId::openai)->open_reader(json, provider);
    setup.choices = 2;
    StreamRelay relay(std::move(setup));
    ASSERT_TRUE(relay.feed(std::string(first).append(last)));
    if (both) {
      ASSERT_TRUE(
          relay.feed("data: {\"choices\":[{\"index\":1,\"delta\":{},"
                     "\"finish_reason\":\"length\"}]}\n\n"));
    }
    EXPECT_EQ(relay.end_of_body().has_value(), both);
  }
}

// What is remembered does not depend on how an event says it, or on what it says beside text.
TEST(StreamRelay, WhatWasPassedOnIsRemembered) {
  JsonReader json;
  Provider provider;
  StreamSetup setup;
  setup.reader = dialect_of(DialectId::openai)->open_reader(json, provider);
  setup.held_bytes_max = 1 << 20;
  setup.remember = true;
  StreamRelay relay(std::move(setup));
  const auto event = [](std::string_view choice) {
    return std::string("data: {\"id\":\"x\",\"model\":\"m\",\"tier\":1,\"choices\":[{\"index\":0,")
        .append(choice)
        .append("}]}\n\n");
  };
  for (const std::string_view choice :
       {R"("delta":{"role":"assistant","content":""})", R"("delta":{"reasoning":"hm"})",
        R"("delta":{"content":"The cat"},"finish_reason":null)", R"("delta":{"content":" \"sat"})",
        R"("delta":{"content":" on"},"logprobs":null)", R"("delta":{"content":" the"})"}) {
    EXPECT_TRUE(relay.feed(event(choice)));
    (void)relay.take_pieces();
  }
  const std::optional<Answer> passed = relay.passed();
  ASSERT_TRUE(passed);
  EXPECT_EQ(passed->id, "x");
  EXPECT_EQ(passed->model, "m");
  ASSERT_EQ(passed->choices.size(), 1U);
  EXPECT_EQ(text_of(passed->choices[0].parts), "The cat \"sat on the");
  EXPECT_EQ(passed->choices[0].parts.size(), 2U);

  EXPECT_TRUE(relay.feed(
      event(R"("delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]})")));
  EXPECT_EQ(relay.passed()->choices[0].parts.size(), 3U);
  const std::string other =
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"B\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" mat\"}},"
      "{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n";
  EXPECT_TRUE(relay.feed(other));
  ASSERT_EQ(relay.passed()->choices.size(), 2U);
  EXPECT_EQ(text_of(relay.passed()->choices[1].parts), "Bb");
}

}  // namespace
}  // namespace wye
