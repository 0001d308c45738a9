#include "base/id.h"

#include <gtest/gtest.h>

#include <set>

namespace wye {
namespace {

constexpr TimeMs now = 1'795'359'258'105;

TEST(RequestId, SurvivesItsSpelling) {
  for (const RequestId id : {RequestId{0}, RequestId{1}, RequestId{42} << 40, INT64_MAX}) {
    EXPECT_EQ(parse_request_id(format_request_id(id)), id);
  }
}

TEST(RequestId, RefusesWhatIsNone) {
  for (const char* text : {"", "req_", "req_0", "last", "req_0D20EWQE1000O", "req_0D20EWQE100000",
                           "xyz_0D20EWQE10000", "req_ZZZZZZZZZZZZZ"}) {
    EXPECT_FALSE(parse_request_id(text)) << text;
  }
}

TEST(RequestIds, NeverRepeatAndGrowEvenWithinAMillisecond) {
  RequestIds first(0);
  RequestIds second(1);
  std::set<RequestId> seen;
  RequestId last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const RequestId id = first.next(now);
    EXPECT_GT(id, last);
    last = id;
    EXPECT_TRUE(seen.insert(id).second);
    EXPECT_TRUE(seen.insert(second.next(now)).second);
  }
}

TEST(RequestIds, AClockSetBackMakesNoIdAnew) {
  RequestIds before(3);
  const RequestId newest = before.next(now);
  RequestIds after(3, newest);
  EXPECT_GT(after.next(now - 3'600'000), newest);
}

}  // namespace
}  // namespace wye
