#include "gateway/count_answer.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

Message said(Role role, std::string text) {
  Message message;
  message.role = role;
  message.parts.push_back(Part{Text{std::move(text)}, {}, {}, {}, {}});
  return message;
}

TEST(CountAnswer, CountsEveryPartOfARequest) {
  Content content;
  EXPECT_EQ(count_answer(content, "gpt-5").usage.input, 0);
  content.messages.push_back(said(Role::system, "You are a careful assistant."));
  const std::int64_t system_alone = count_answer(content, "gpt-5").usage.input;
  EXPECT_GE(system_alone, 8);
  EXPECT_LE(system_alone, 12);

  Message picture;
  picture.parts.push_back(Part{Image{}, {}, {}, {}, {}});
  content.messages.push_back(picture);
  EXPECT_GT(count_answer(content, "gpt-5").usage.input, system_alone + 700);

  const std::int64_t before = count_answer(content, "gpt-5").usage.input;
  Tool tool;
  tool.name = "weather";
  tool.parameters = R"({"type":"object","properties":{"city":{"type":"string"}}})";
  content.tools.push_back(tool);
  EXPECT_GT(count_answer(content, "gpt-5").usage.input, before + 10);
}

}  // namespace
}  // namespace wye
