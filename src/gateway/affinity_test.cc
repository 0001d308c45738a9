#include "gateway/affinity.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

Ask asked(DialectId dialect, std::string body, Abilities needs = {Ability::tools}) {
  Ask ask;
  ask.dialect = dialect;
  ask.facts.needs = needs;
  ask.body = std::move(body);
  return ask;
}

TEST(SignatureMaker, IsTheOneNamedInTheMark) {
  EXPECT_EQ(signature_maker(asked(DialectId::openai, R"({"id":"call_1.wye1.gemini.Ci=="})")),
            "gemini");
  EXPECT_EQ(signature_maker(asked(DialectId::anthropic, R"({"signature":"wye1.bedrock.x"})")),
            "bedrock");
}

TEST(SignatureMaker, IsTheClientsOwnWhenUnmarked) {
  EXPECT_EQ(signature_maker(asked(DialectId::anthropic, R"({"signature":"EqQ"})")), "anthropic");
  EXPECT_EQ(signature_maker(asked(DialectId::gemini, R"({"thoughtSignature":"Ci"})")), "gemini");
  EXPECT_EQ(signature_maker(asked(DialectId::openai, R"({"signature":"x"})")), "");
}

TEST(SignatureMaker, IsNobodyOtherwise) {
  EXPECT_EQ(signature_maker(asked(DialectId::anthropic, "{}")), "");
  EXPECT_EQ(signature_maker(asked(DialectId::openai, "wye1.nobody.x")), "");
  EXPECT_EQ(signature_maker(asked(DialectId::openai, "wye1.")), "");
  EXPECT_EQ(signature_maker(asked(DialectId::anthropic, R"({"signature":"x"})", {})), "");
}

}  // namespace
}  // namespace wye
