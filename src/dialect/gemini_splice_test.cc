// Tests of Gemini's splicing: what the client wrote reaches the provider as it was.
#include <gtest/gtest.h>

#include "dialect/test_gemini.h"

namespace wye {
namespace {

class GeminiSplice : public testing::Test {
 protected:
  ProviderRequest splice(std::string body, std::string_view method, Hosting hosting = Hosting::own,
                         bool drop_reasoning = false) {
    const std::string path = "/v1beta/models/task/x:" + std::string(method);
    auto read = gemini::read_ask(reader, {.path = path, .query = ""}, std::move(body));
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
    ask = std::move(*read);
    return gemini::splice(ask, test::deployment_of("gemini-3-pro"), test::gemini_provider(hosting),
                          drop_reasoning);
  }
  Ask ask;
  JsonReader reader;
};

TEST_F(GeminiSplice, a_body_without_a_model_is_not_copied) {
  const std::string body =
      R"( { "contents" : [ {"parts":[{"text":"hi\u00e9"}]} ] , "unknown_field":{"a":[1,2]} } )";
  const ProviderRequest request = splice(body, "streamGenerateContent");
  EXPECT_EQ(test::joined(request), body);
  EXPECT_TRUE(request.owned.empty());
  EXPECT_EQ(request.path, "/models/gemini-3-pro:streamGenerateContent?alt=sse");
  EXPECT_TRUE(request.stream);
}

TEST_F(GeminiSplice, a_model_in_the_body_follows_the_path) {
  EXPECT_EQ(
      test::joined(splice(R"({"model":"task/x","contents":[{"parts":[]}]})", "generateContent")),
      R"({"model":"models/gemini-3-pro","contents":[{"parts":[]}]})");
  EXPECT_EQ(
      test::joined(splice(
          R"({"generateContentRequest":{"contents":[{"parts":[]}],"model":"models/task/x"}})",
          "countTokens")),
      R"({"generateContentRequest":{"contents":[{"parts":[]}],"model":"models/gemini-3-pro"}})");
  EXPECT_EQ(
      test::joined(splice(
          R"({"requests":[{"model":"a","content":{"parts":[]}},{"content":{"parts":[]},"model":"b"}]})",
          "batchEmbedContents")),
      R"({"requests":[{"model":"models/gemini-3-pro","content":{"parts":[]}},{"content":{"parts":[]},"model":"models/gemini-3-pro"}]})");
}

TEST_F(GeminiSplice, labels_reach_vertex_without_the_task) {
  const std::string body =
      R"({"contents":[{"parts":[]}],"labels":{"task":"sum","team":"blue"},"store":false})";
  EXPECT_EQ(test::joined(splice(body, "generateContent", Hosting::vertex)),
            R"({"contents":[{"parts":[]}],"labels":{"team":"blue"},"store":false})");
  const ProviderRequest own = splice(body, "generateContent");
  EXPECT_EQ(test::joined(own), R"({"contents":[{"parts":[]}],"store":false})");
  EXPECT_EQ(own.dropped, std::vector<std::string>{"labels"});
  const ProviderRequest task_only =
      splice(R"({"labels":{"task":"sum"},"contents":[{"parts":[]}]})", "generateContent");
  EXPECT_EQ(test::joined(task_only), R"({"contents":[{"parts":[]}]})");
  EXPECT_TRUE(task_only.dropped.empty());
}

TEST_F(GeminiSplice, thoughts_are_not_asked_for_when_they_must_not) {
  const std::string body =
      R"({"generation_config":{"thinking_config":{"thinking_budget":5},"topP":1},"contents":[{"parts":[]}]})";
  EXPECT_EQ(test::joined(splice(body, "generateContent", Hosting::own, true)),
            R"({"generation_config":{"topP":1},"contents":[{"parts":[]}]})");
  EXPECT_EQ(test::joined(splice(body, "generateContent")), body);
}

}  // namespace
}  // namespace wye
