// Stories of `wye why`: what it tells of a request, and what it leaves out.
#include <gtest/gtest.h>

#include "lab/why.h"
#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view one_vendor = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers: { acme: { kind: openai_compatible, base_url: "http://acme.sim/v1" } }
deployments: { first: { provider: acme, model: sim-a, price: { input: $1/M, output: $2/M } } }
tasks: { chat: { route: first } }
)";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(WhyStory, OnlyAStreamHasAFirstToken) {
  for (const bool stream : {false, true}) {
    Story story(one_vendor);
    Wish wish;
    wish.stream = stream;
    EXPECT_EQ(story.ask(wish).status, 200);
    const std::string text = why_text(story.why(), false);
    EXPECT_EQ(has(text, "first token"), stream) << text;
    EXPECT_TRUE(has(text, "SERVED BY first")) << text;
    EXPECT_TRUE(has(text, "CANDIDATES 1")) << text;
    EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
    EXPECT_FALSE(has(story.why().record_json, "\"next\"")) << "nothing failed";
    EXPECT_FALSE(has(story.why().record_json, "committed")) << "as usual";
  }
}

TEST(WhyStory, WhereNobodyWasConsideredNobodyIsTold) {
  Story story(one_vendor);
  Wish unknown;
  unknown.model = "nobody";
  EXPECT_EQ(story.ask(unknown).status, 404);
  std::string text = why_text(story.why(), false);
  EXPECT_TRUE(has(text, "NOT SERVED: not_found")) << text;
  EXPECT_FALSE(has(text, "CANDIDATES")) << text;
  EXPECT_FALSE(has(text, "est. cost")) << text;
  EXPECT_FALSE(has(text, "by priority")) << text;
  EXPECT_TRUE(has(text, "replay: identical")) << text;

  Wish stranger;
  stranger.key = "nobody's key";
  EXPECT_EQ(story.ask(stranger).status, 401);
  text = why_text(story.why(), false);
  EXPECT_TRUE(has(text, "no decision was made")) << text;
  EXPECT_FALSE(has(text, "CANDIDATES")) << text;
}

TEST(WhyStory, AProjectThatStandsInTheCredentialsAloneIsNoHindrance) {
  Story story(R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers: { vertex: { region: us-central1 } }
deployments: { first: { provider: vertex, model: gemini-2.5-flash } }
tasks: { chat: { route: first } }
)");
  Wish unknown;
  unknown.model = "nobody";
  EXPECT_EQ(story.ask(unknown).status, 404);
  EXPECT_TRUE(has(why_text(story.why(), false), "replay: identical"));
}

TEST(WhyStory, StepsThatDifferOrCannotBeToldAreSaid) {
  Story story(one_vendor);
  EXPECT_EQ(story.ask({}).status, 200);
  Why why = story.why();
  EXPECT_TRUE(has(why_json(why), R"("identical":true,"steps":"identical")"));
  EXPECT_FALSE(has(why_text(why, false), "steps"));
  why.steps = {StepsReplay::Verdict::different, "attempt 2 is not the next step"};
  EXPECT_TRUE(has(why_text(why, false), "DIFFERENT steps ✗: attempt 2 is not the next step"));
  why.steps = {StepsReplay::Verdict::partial, {}};
  EXPECT_TRUE(has(why_text(why, false), "the steps in part only"));
  EXPECT_TRUE(has(why_json(why), R"("steps":"partial")"));
}

}  // namespace
}  // namespace wye::story
