#include "dialect/open_calls.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(OpenCalls, FindsTheOldestThatIsOpen) {
  OpenCalls calls;
  calls.add("1", "add");
  calls.add("2", "add");
  calls.add("3", "sub");
  calls.add("1", "sub");
  EXPECT_EQ(calls.size(), 4U);
  EXPECT_EQ(calls.oldest(), calls.oldest_by_id("1"));
  EXPECT_EQ(calls.oldest(), calls.oldest_by_name("add"));
  OpenCalls::Call* const first = calls.oldest();
  first->open = false;
  EXPECT_EQ(calls.first_by_id("1"), first) << "open or not";
  EXPECT_EQ(calls.oldest_by_id("1")->name, "sub") << "an id may come again";
  EXPECT_EQ(calls.oldest_by_name("add")->id, "2");
  EXPECT_EQ(calls.oldest()->id, "2");
  calls.oldest_by_name("sub")->open = false;
  calls.oldest_by_name("add")->open = false;
  EXPECT_EQ(calls.oldest_by_name("add"), nullptr);
  EXPECT_EQ(calls.oldest(), calls.oldest_by_id("1"));
  calls.oldest()->open = false;
  EXPECT_EQ(calls.oldest(), nullptr);
  EXPECT_EQ(calls.oldest_by_id("4"), nullptr);
  EXPECT_EQ(calls.first_by_id("4"), nullptr);
}

}  // namespace
}  // namespace wye
