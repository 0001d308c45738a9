// Whom a live drill strikes, and how it breaks JSON.
#include "gateway/live_drill.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "wire/json_schema.h"

namespace wye {
namespace {

LiveDrill some_drill(std::string id) {
  LiveDrill drill;
  drill.id = std::move(id);
  drill.tasks = {1, 3};
  drill.share_ppm = 100'000;
  drill.began = 1'000;
  drill.ends = 2'000;
  drill.pulse = std::make_shared<DrillPulse>();
  return drill;
}

TEST(LiveDrill, StrikesItsShareOfItsTasksInItsTime) {
  const LiveDrill drill = some_drill("drill_a");
  const LiveDrill other = some_drill("drill_b");
  Dice dice(7);
  int struck = 0;
  int by_both = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t seed = dice.next();
    const bool strikes = drill.strikes(3, seed, 1'500);
    struck += strikes ? 1 : 0;
    by_both += strikes && other.strikes(3, seed, 1'500) ? 1 : 0;
    EXPECT_EQ(drill.strikes(1, seed, 1'999), strikes) << "by the seed alone";
    EXPECT_FALSE(drill.strikes(2, seed, 1'500));
    EXPECT_FALSE(drill.strikes(-1, seed, 1'500));
    EXPECT_FALSE(drill.strikes(3, seed, 999));
    EXPECT_FALSE(drill.strikes(3, seed, 2'000));
  }
  EXPECT_NEAR(struck, 10'000, 400);
  EXPECT_NEAR(by_both, 1'000, 200) << "the next drill strikes others";
  drill.pulse->over = true;
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(drill.strikes(3, dice.next(), 1'500));
}

Answer answer_of(PartBody body) {
  Answer answer;
  answer.choices.emplace_back().parts.push_back(Part{std::move(body), {}, {}, {}, {}});
  return answer;
}

TEST(LiveDrill, NoJsonIsLeftOfWhatItSpoils) {
  for (const char* text :
       {"", "1", "1234", "{}", R"({"a":[1,2,{"b":null}]})", "\"text\"", "true"}) {
    Answer spoken = answer_of(Text{text});
    EXPECT_TRUE(spoil_json(spoken));
    EXPECT_FALSE(check_json(std::get<Text>(spoken.choices[0].parts[0].body).text)) << text;
    ToolCall call;
    call.arguments = text;
    Answer called = answer_of(call);
    EXPECT_TRUE(spoil_json(called));
    EXPECT_FALSE(check_json(std::get<ToolCall>(called.choices[0].parts[0].body).arguments));
  }
  Answer empty;
  EXPECT_FALSE(spoil_json(empty));
  Answer declined = answer_of(Declined{"no"});
  EXPECT_FALSE(spoil_json(declined));
}

}  // namespace
}  // namespace wye
