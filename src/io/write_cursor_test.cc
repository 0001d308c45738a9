// The cursor over the pieces of a write, taken in every possible step.
#include "io/write_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wye {
namespace {

std::string joined(std::span<const iovec> batch) {
  std::string all;
  for (const iovec& piece : batch)
    all.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  return all;
}

TEST(WriteCursor, TakesInAnySteps) {
  const std::vector<std::string_view> pieces = {"", "ab", "", "", "cdefg", "h", ""};
  const std::string whole = "abcdefgh";
  for (std::size_t step = 1; step <= whole.size(); ++step) {
    WriteCursor cursor(pieces);
    std::size_t at = 0;
    while (!cursor.done()) {
      WriteCursor::Batch room;
      EXPECT_EQ(joined(cursor.batch(room)), whole.substr(at));
      char copy[3];
      EXPECT_EQ(std::string(copy, cursor.copy(copy)), whole.substr(at, 3));
      const std::size_t count = std::min(step, whole.size() - at);
      cursor.take(count);
      at += count;
    }
    EXPECT_EQ(at, whole.size());
    EXPECT_EQ(cursor.taken(), whole.size());
  }
}

TEST(WriteCursor, NothingIsDoneAtOnce) {
  EXPECT_TRUE(WriteCursor().done());
  const std::vector<std::string_view> empty = {"", ""};
  EXPECT_TRUE(WriteCursor(empty).done());
}

TEST(WriteCursor, ManyPiecesGoInBatches) {
  const std::vector<std::string_view> pieces(200, "x");
  WriteCursor cursor(pieces);
  WriteCursor::Batch room;
  EXPECT_EQ(cursor.batch(room).size(), WriteCursor::batch_max);
  cursor.take(WriteCursor::batch_max);
  EXPECT_EQ(joined(cursor.batch(room)), std::string(WriteCursor::batch_max, 'x'));
}

}  // namespace
}  // namespace wye
