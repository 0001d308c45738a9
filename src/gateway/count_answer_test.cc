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

// A long request is estimated from a share of it, however its text is cut up, and said to be.
TEST(CountAnswer, ALongRequestIsNearlyCounted) {
  const std::string sentence = "The gateway sends each request to the provider that suits it. ";
  const std::size_t times = 8 * counted_bytes_max / sentence.size();
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += sentence;
  Content one, many;
  one.messages.push_back(said(Role::user, sentence));
  const Usage once = count_answer(one, "gpt-5").usage;
  EXPECT_EQ(once.source, UsageSource::counted);
  // The space between two sentences belongs to the second one's first token.
  one.messages.front() = said(Role::user, sentence + sentence);
  const std::int64_t more = count_answer(one, "gpt-5").usage.input - once.input;
  const auto expected = static_cast<double>(more * static_cast<std::int64_t>(times));

  one.messages.front() = said(Role::user, text);
  const Usage whole = count_answer(one, "gpt-5").usage;
  EXPECT_EQ(whole.source, UsageSource::estimated);
  EXPECT_NEAR(static_cast<double>(whole.input), expected, 0.05 * expected);

  Message& pieces = many.messages.emplace_back();
  for (std::size_t i = 0; i < times; ++i)
    pieces.parts.push_back(Part{Text{sentence}, {}, {}, {}, {}});
  const Usage cut = count_answer(many, "gpt-5").usage;
  EXPECT_EQ(cut.source, UsageSource::estimated);
  // Here each sentence ends with a space of its own.
  const auto apart = static_cast<double>((once.input - 4) * static_cast<std::int64_t>(times));
  EXPECT_NEAR(static_cast<double>(cut.input), apart, 0.05 * apart);
}

}  // namespace
}  // namespace wye
