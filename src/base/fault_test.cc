#include "base/fault.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(Fault, AClientIsToldTheStatusOfTheKindUnlessTheFaultHasItsOwn) {
  Fault late = fault(FaultKind::timeout, "too slow");
  EXPECT_EQ(client_status(late), 504);
  late.status = 408;
  EXPECT_EQ(client_status(late), 408);
}

TEST(Fault, EveryKindIsFoundByItsName) {
  for (int i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    EXPECT_EQ(fault_kind_from(to_string(kind)), kind);
    EXPECT_FALSE(traits(kind).sentence.empty());
  }
  EXPECT_FALSE(fault_kind_from("no such kind"));
}

}  // namespace
}  // namespace wye
