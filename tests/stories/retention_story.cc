// Stories of zero data retention: where a task wants it, no body can ask a provider to keep
// anything.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view discreet = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  chats:   { kind: openai_compatible, base_url: "http://chats.sim/v1", zdr: true }
  answers: { kind: openai_compatible, dialect: responses, base_url: "http://answers.sim/v1", zdr: true }
deployments:
  first:  { provider: chats,   model: sim-a, price: { input: $1/M, output: $2/M } }
  second: { provider: answers, model: sim-b, price: { input: $1/M, output: $2/M } }
tasks:
  chat:    { route: first }
  secret:  { route: first, zdr: true }
  whisper: { route: second, zdr: true }
)";

Wish of_responses(const std::string& task, const std::string& more) {
  Wish wish;
  wish.raw_target = "/v1/responses";
  wish.raw_body = R"({"model":"task/)" + task + R"(","input":"hello there")" + more + "}";
  return wish;
}

TEST(RetentionStory, WhoAsksToBeStoredIsServedUnstoredAndToldSo) {
  Story story(discreet);
  Wish wish;
  wish.more = R"(,"store":true)";
  EXPECT_EQ(story.ask(wish).header("x-wye-dropped"), "") << "this task wants nothing of the kind";
  for (const char* task : {"task/secret", "task/whisper"}) {
    wish.model = task;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.header("x-wye-dropped"), "store") << task;
  }
  for (const char* task : {"secret", "whisper"}) {
    const Told told = story.ask(of_responses(task, R"(,"store":true)"));
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.header("x-wye-dropped"), "store") << task;
    const Told silent = story.ask(of_responses(task, ""));
    EXPECT_EQ(silent.status, 200) << silent.body;
    EXPECT_EQ(silent.header("x-wye-dropped"), "") << task;
  }
}

TEST(RetentionStory, AConversationThatWouldBeKeptReachesNobody) {
  Story story(discreet);
  const Told told = story.ask(of_responses("whisper", R"(,"conversation":"conv_1")"));
  EXPECT_EQ(told.status, 400);
  EXPECT_NE(told.body.find("zero data retention"), std::string::npos) << told.body;
  EXPECT_EQ(story.calls("answers"), 0U);
}

}  // namespace
}  // namespace wye::story
