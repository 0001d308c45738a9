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

}  // namespace
}  // namespace wye
