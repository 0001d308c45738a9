// Stories of accounts, keys and models that are gone: one refusal is enough, nobody tries again
// there, everybody else is asked at once, and one request finds out when it is mended.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "gateway/deployment_status.h"
#include "stories/story.h"

namespace wye::story {
namespace {

std::string policy(std::string_view kind) {
  const std::string_view version = kind == "cohere" ? "v2" : "v1";
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {}, base_url: "http://acme.sim/{}", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }} }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }} }}
tasks:
  chat: {{ route: [first, second] }}
reliability:
  retries: {{ max: 2, backoff: 100ms..1s }}
)",
                     kind, version);
}

// What a vendor says, and what it is taken for.
struct Gone {
  std::string_view vendor;
  std::string_view fault;  // of the simulator
  int status;              // that it answers with
  FaultKind kind;
  DurationMs out_ms;
};

std::ostream& operator<<(std::ostream& out, const Gone& gone) {
  return out << gone.vendor << ' ' << gone.fault;
}

class OutStory : public testing::TestWithParam<Gone> {
 protected:
  OutStory() : story(policy(GetParam().vendor)) {}
  // The first deployment, as /admin/v1/status tells it.
  std::string status() {
    const ActivePolicy& active = story.gateway().policy();
    const Facts facts = story.gateway().facts_now(active);
    std::string out;
    JsonWriter json(out);
    write_deployment_status(json, active, 0, facts.deployments[0], facts.now);
    return out;
  }
  bool shows(std::string_view state) {
    return status().find(fmt::format(R"("state":"{}")", state)) != std::string::npos;
  }

  Story story;
};

TEST_P(OutStory, OneRefusalIsEnoughUntilAProbeFindsItMended) {
  const Gone& gone = GetParam();
  ASSERT_TRUE(story.strike("acme", fmt::format(R"("{}")", gone.fault)));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_FALSE(told.text().empty());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(told.header("x-wye-attempts"), "2");
  EXPECT_EQ(told.header("x-wye-fallback-reason"), to_string(gone.kind));
  EXPECT_EQ(story.calls("acme"), 1U) << "no retry";
  EXPECT_EQ(story.provider("acme").log().entries().back().status, gone.status);

  story.pass(50);
  EXPECT_TRUE(shows("out")) << status();
  EXPECT_NE(status().find(R"("why":"out of service: )"), std::string::npos);
  for (const Told& later : story.ask_all(std::vector<Wish>(20))) {
    EXPECT_EQ(later.header("x-wye-deployment"), "second");
    EXPECT_EQ(later.header("x-wye-attempts"), "1") << "others at once";
  }
  EXPECT_EQ(story.calls("acme"), 1U);
  const Why why = story.why();
  ASSERT_FALSE(why.plan.refusals.empty());
  EXPECT_EQ(why.plan.refusals.front().reason, RefusalReason::out);

  // It is tried again after a while, by one request, however many there are.
  story.pass(gone.out_ms);
  EXPECT_TRUE(shows("probing")) << status();
  for (const Told& later : story.ask_all(std::vector<Wish>(20))) EXPECT_EQ(later.status, 200);
  EXPECT_EQ(story.calls("acme"), 2U) << "one probe";
  EXPECT_TRUE(shows("out")) << status();

  ASSERT_TRUE(story.strike("acme", ""));
  story.pass(gone.out_ms + 1'000);
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
  story.pass(50);
  EXPECT_TRUE(shows("ok")) << status();
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
}

TEST_P(OutStory, AloneItIsOneCleanErrorThatSaysWhatIsWrong) {
  std::string alone = policy(GetParam().vendor);
  alone.replace(alone.find("[first, second]"), 15, "first");
  story.reload(alone);
  ASSERT_TRUE(story.strike("acme", fmt::format(R"("{}")", GetParam().fault)));
  const Told told = story.ask();
  EXPECT_EQ(told.status, traits(GetParam().kind).status);
  EXPECT_EQ(told.header("x-wye-error-class"), to_string(GetParam().kind));
  EXPECT_EQ(told.header("x-should-retry"), "false");
  EXPECT_TRUE(told.clean_end);
  EXPECT_EQ(story.calls("acme"), 1U);
  if (GetParam().vendor == "openai" && GetParam().fault == "auth") {
    EXPECT_NE(told.body.find("provided: Bearer [key]"), std::string::npos) << told.body;
    const std::string record = story.store().records().begin()->second.body;
    EXPECT_NE(record.find("provided: Bearer [key]"), std::string::npos) << record;
  }
  story.pass(50);
  EXPECT_EQ(story.ask().status, 503);
  EXPECT_EQ(story.calls("acme"), 1U) << "it is not even asked";
}

INSTANTIATE_TEST_SUITE_P(
    Vendors, OutStory,
    testing::Values(Gone{"openai", "quota", 429, FaultKind::quota, 300'000},
                    Gone{"anthropic", "quota", 400, FaultKind::quota, 300'000},
                    Gone{"cohere", "quota", 402, FaultKind::quota, 300'000},
                    Gone{"openai", "auth", 401, FaultKind::auth, 60'000},
                    Gone{"anthropic", "auth", 401, FaultKind::auth, 60'000},
                    Gone{"openai", "model_gone", 404, FaultKind::model_gone, 60'000},
                    Gone{"anthropic", "model_gone", 404, FaultKind::model_gone, 60'000}));

}  // namespace
}  // namespace wye::story
