// Verdicts of drills in a store: kept beside a writer at work, found, listed, refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "io/drill_store.h"
#include "io/store.h"

namespace wye {
namespace {

class DrillStore : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "wye-drills-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ / "wye.db"; }

  std::filesystem::path folder_;
};

StoredDrill drill_of(const std::string& target) {
  return {.at = 5,
          .policy = "p",
          .fault = "outage",
          .target = target,
          .task = "chat",
          .success_ppm = 1,
          .expected_ppm = 2,
          .page = "page of " + target,
          .body = "{}"};
}

TEST_F(DrillStore, KeepsVerdictsWhileAWriterIsAtWork) {
  auto writer = open_sqlite_writer(path());
  ASSERT_TRUE(writer);
  EXPECT_TRUE(list_drills(path(), 10)->empty());
  EXPECT_FALSE(*find_drill(path(), 0));
  EXPECT_EQ(*put_drill(path(), drill_of("one")), 1);
  StoredRecord record;
  record.id = 1;
  ASSERT_TRUE((*writer)->append({&record, 1}));
  EXPECT_EQ(*put_drill(path(), drill_of("two")), 2);
  const auto listed = list_drills(path(), 10);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->front().target, "two");
  EXPECT_EQ(listed->back().expected_ppm, 2);
  EXPECT_EQ(list_drills(path(), 1)->size(), 1U);
  EXPECT_EQ((*find_drill(path(), 0))->page, "page of two");
  EXPECT_EQ((*find_drill(path(), 1))->page, "page of one");
  EXPECT_FALSE(*find_drill(path(), 3));
}

TEST_F(DrillStore, RefusesWhatIsNoStore) {
  EXPECT_FALSE(put_drill(path(), drill_of("one"))) << "a store is made by who serves from it";
  std::ofstream(path()) << std::string(4'096, 'x');
  EXPECT_FALSE(put_drill(path(), drill_of("one")));
  EXPECT_FALSE(list_drills(path(), 1));
  EXPECT_FALSE(find_drill(path(), 0));
}

}  // namespace
}  // namespace wye
