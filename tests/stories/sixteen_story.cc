// The sixteen faults in every pair of dialects; see sixteen.h.
#include "stories/sixteen.h"

#include <gtest/gtest.h>

namespace wye::story {
namespace {

TEST(SixteenFaults, AreHiddenFromClientsInEveryPairOfDialects) {
  for (const Case& one : sixteen_cases()) {
    for (const Pair& pair : all_pairs()) {
      EXPECT_EQ(one.play(pair), "") << one.name << ", " << name_of(pair);
    }
  }
}

}  // namespace
}  // namespace wye::story
