#include "core/signature.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(Signature, the_makers_own_clients_see_it_unchanged) {
  EXPECT_EQ(carried({"EqQ.c+/=", "anthropic"}, "anthropic"), "EqQ.c+/=");
  EXPECT_EQ(brought_back("EqQ.c+/=", "anthropic"), (Signature{"EqQ.c+/=", "anthropic"}));
}

TEST(Signature, other_clients_carry_it_home) {
  const Signature made{"Ci.Qx==", "gemini"};
  EXPECT_EQ(brought_back(carried(made, "anthropic"), "anthropic"), made);
}

TEST(Signature, travels_in_the_id_of_a_tool_call) {
  const Signature made{"Ci.Qx==", "gemini"};
  const IdAndSignature apart = split_id(id_with("call_1", made));
  EXPECT_EQ(apart.id, "call_1");
  EXPECT_EQ(apart.signature, made);
  EXPECT_EQ(id_with("call_1", {}), "call_1");
  EXPECT_EQ(split_id("call.1").id, "call.1");
}

TEST(Signature, broken_marks_are_worth_nothing) {
  EXPECT_TRUE(brought_back("wye1.nodot", "openai").empty());
  EXPECT_TRUE(split_id("call_1.wye1.nodot").signature.empty());
  EXPECT_TRUE(brought_back("", "openai").maker.empty());
}

}  // namespace
}  // namespace wye
