#include "gateway/store_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wye {
namespace {

class StoreWatchTest : public ::testing::Test {
 protected:
  StoreWatchTest() {
    watch.set_notice([this](bool trouble, const std::string& text) {
      told.push_back((trouble ? "! " : "") + text);
    });
  }
  StoreWatch watch;
  std::vector<std::string> told;
};

TEST_F(StoreWatchTest, TellsOnceAChangeAndInTheStoresWords) {
  watch.took_rows();
  EXPECT_TRUE(told.empty());
  for (int i = 0; i < 5; ++i) watch.failed(fault(FaultKind::store, "disk full; free some space"));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("! ")) << told[0];
  EXPECT_NE(told[0].find("disk full; free some space"), std::string::npos);
  for (int i = 0; i < 5; ++i) watch.took_rows();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].find('!'), std::string::npos);
  watch.failed(fault(FaultKind::store, "read-only"));
  EXPECT_EQ(told.size(), 3U);
}

TEST_F(StoreWatchTest, CountsDropsOnceAMinute) {
  TimeMs now = 1'000'000;
  watch.dropped(3, now);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("! 3 records")) << told[0];
  for (int i = 0; i < 59; ++i) watch.dropped(2, now += 1'000);
  EXPECT_EQ(told.size(), 1U);
  watch.tick(now += 1'000);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[1].starts_with("! 118 records")) << told[1];
  watch.tick(now + 600'000);
  EXPECT_EQ(told.size(), 2U);
}

}  // namespace
}  // namespace wye
