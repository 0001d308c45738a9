// Test measured, for tests only: tells what a test has counted on recorded traffic, so that `make
// conformance` prints the numbers that the tests assert and counts nothing itself.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace wye::test {

// A row of a table: of `all` things `right` are as they should be, and `justified` differ for a
// reason that the test names. Goes into the report of the running test.
inline void measured(const std::string& table, const std::string& row, std::int64_t right,
                     std::int64_t all, std::int64_t justified = 0) {
  ::testing::Test::RecordProperty(
      "measured: " + table + ": " + row,
      std::to_string(right) + " " + std::to_string(justified) + " " + std::to_string(all));
}

}  // namespace wye::test
