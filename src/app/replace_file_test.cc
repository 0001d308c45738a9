// A file is replaced whole or not at all.
#include "app/replace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace wye {
namespace {

namespace fs = std::filesystem;

class ReplaceFile : public ::testing::Test {
 public:
  ReplaceFile() {
    std::string pattern = fs::temp_directory_path() / "wye-replace-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    write("old");
  }
  ~ReplaceFile() override { fs::remove_all(folder_); }

  std::string path() const { return folder_ / "wye.yaml"; }
  void write(std::string_view text) const { std::ofstream(path()) << text; }
  std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  auto files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
};

TEST_F(ReplaceFile, ReplacesAndKeepsTheMode) {
  ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
  ASSERT_TRUE(replace_file(path(), "old", "new"));
  EXPECT_EQ(text(), "new");
  struct stat about {};
  ASSERT_EQ(::stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0640u);
  EXPECT_EQ(files(), 1);
}

TEST_F(ReplaceFile, FollowsALink) {
  const fs::path link = folder_ / "link.yaml";
  fs::create_symlink(path(), link);
  ASSERT_TRUE(replace_file(link, "old", ""));
  EXPECT_EQ(text(), "");
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(ReplaceFile, LeavesWhatSomebodyElseChanged) {
  const Result<void> done = replace_file(path(), "older", "new");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, FaultKind::config);
  EXPECT_EQ(text(), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(ReplaceFile, AFileThatIsNotThereIsNotMade) {
  EXPECT_FALSE(replace_file(folder_ / "none.yaml", "", "new"));
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace wye
