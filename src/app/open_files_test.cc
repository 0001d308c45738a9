#include "app/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace wye {
namespace {

TEST(OpenFiles, TheLimitIsRaisedAsFarAsItMayBe) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  const std::size_t files = raise_open_files();
  rlimit now{};
  EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &now), 0);
  EXPECT_EQ(files, now.rlim_cur);
  EXPECT_EQ(now.rlim_cur, std::min<rlim_t>(before.rlim_max, 1 << 20));
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(OpenFiles, EveryClientMayHaveAnUpstreamAndSomeAreKeptBack) {
  EXPECT_EQ(connections_within(1'024), 448U);
  EXPECT_EQ(connections_within(1'000'000), 499'936U);
  EXPECT_EQ(connections_within(64), 1U);
  EXPECT_EQ(connections_within(0), 1U);
}

}  // namespace
}  // namespace wye
