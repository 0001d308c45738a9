// Stories of answers that are whole and still not what the task wants: mended, or asked for again.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view wants_json = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M } }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M } }
tasks:
  mend: { route: first, output: { json: true, on_invalid: [repair] } }
  pass:
    route: first
    output: { json: true, on_invalid: [fallback] }
    fallbacks: [{ to: second, after: [invalid_output] }]
)";

constexpr std::string_view once_half = R"({"faults":[{"kind":"truncated_json","count":1}]})";

Wish json_of(std::string task) {
  Wish wish;
  wish.model = std::move(task);
  wish.more = R"(,"response_format":{"type":"json_object"})";
  return wish;
}

TEST(ContractStory, TheModelMendsHalfAnAnswer) {
  for (const bool stream : {false, true}) {
    Story story(wants_json);
    ASSERT_TRUE(story.provider("acme").change(once_half));
    Wish wish = json_of("task/mend");
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.text().front(), '{');
    EXPECT_EQ(told.text().back(), '}');
    EXPECT_EQ(story.calls("acme"), 2U);
  }
}

TEST(ContractStory, AnotherGivesTheAnswerThatTheFirstHasOnlyHalfOf) {
  for (const bool stream : {false, true}) {
    Story story(wants_json);
    ASSERT_TRUE(story.provider("acme").change(once_half));
    Wish wish = json_of("task/pass");
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.header("x-wye-deployment"), "second");
    EXPECT_EQ(story.calls("backup"), 1U);
  }
}

}  // namespace
}  // namespace wye::story
