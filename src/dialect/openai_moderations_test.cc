// Tests of moderations in the OpenAI dialect: they pass through, with a model put in where the
// client left it out.
#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

class OpenaiModerations : public testing::Test {
 protected:
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;

  Result<Ask> read(std::string body) {
    return openai.read_ask(reader, {.endpoint = Endpoint::moderations}, std::move(body));
  }
  std::string spliced(const Ask& ask, std::string* path = nullptr) {
    Deployment deployment;
    deployment.model = "real";
    const ProviderRequest request = openai.splice(ask, deployment, Provider(), false);
    if (path != nullptr) *path = request.path;
    std::string out;
    for (const std::string_view piece : request.body) out += piece;
    EXPECT_EQ(out.size(), request.body_bytes);
    return out;
  }
};

TEST_F(OpenaiModerations, model_is_replaced_or_put_in) {
  const auto named = read(R"({"model":"route","input":"kill it","x":[1]})");
  ASSERT_TRUE(named.has_value());
  EXPECT_EQ(named->facts.model, "route");
  EXPECT_EQ(named->facts.input_tokens, 2);
  std::string path;
  EXPECT_EQ(spliced(*named, &path), R"({"model":"real","input":"kill it","x":[1]})");
  EXPECT_EQ(path, "/moderations");

  const auto unnamed = read(R"({ "input":"kill it"})");
  ASSERT_TRUE(unnamed.has_value());
  EXPECT_EQ(unnamed->facts.model, "omni-moderation-latest");
  EXPECT_EQ(spliced(*unnamed), R"({"model":"real", "input":"kill it"})");
}

TEST_F(OpenaiModerations, the_gateways_task_does_not_go_on) {
  const auto ask = read(R"({"metadata":{"task":"t"},"input":["a","b"]})");
  ASSERT_TRUE(ask.has_value());
  EXPECT_EQ(ask->facts.task_metadata, "t");
  EXPECT_EQ(spliced(*ask), R"({"model":"real","input":["a","b"]})");
}

TEST_F(OpenaiModerations, inputs_are_counted_and_checked) {
  const auto parts = read(
      R"({"input":[{"type":"text","text":"12345678"},{"type":"image_url","image_url":{"url":"u"}}]})");
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->facts.input_tokens, 2);
  EXPECT_FALSE(read(R"({"model":"m"})").has_value());
  EXPECT_FALSE(read(R"({"input":{}})").has_value());
  EXPECT_FALSE(read(R"({"input":[]})").has_value());
  EXPECT_FALSE(read(R"({"model":"","input":"x"})").has_value());
}

TEST_F(OpenaiModerations, answers_are_seen_and_passed_on) {
  std::string body = R"({"id":"modr-1","model":"o","results":[{"flagged":true}]})";
  const auto facts = openai.read_answer_facts(reader, Endpoint::moderations, body, Provider());
  ASSERT_TRUE(facts.has_value());
  EXPECT_TRUE(facts->has_content);
  EXPECT_EQ(facts->model, "o");
  EXPECT_EQ(facts->usage.source, UsageSource::none);
  const auto answer = openai.read_answer(reader, Endpoint::moderations, body, Provider());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(openai.write_answer(*answer, Ask()), body);
  std::string empty = R"({"id":"modr-1"})";
  EXPECT_FALSE(
      openai.read_answer_facts(reader, Endpoint::moderations, empty, Provider()).has_value());
}

TEST_F(OpenaiModerations, no_other_dialect_has_them) {
  const auto ask = read(R"({"input":"x"})");
  ASSERT_TRUE(ask.has_value());
  EXPECT_FALSE(openai.read_content(reader, *ask).has_value());
}

}  // namespace
}  // namespace wye
