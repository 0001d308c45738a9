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

// Vertex embeds by `predict`, whose requests and answers have another shape.
class GeminiVertexEmbedding : public GeminiSplice {
 protected:
  Result<ProviderRequest> write(std::string body, std::string_view method) {
    const std::string path = "/v1beta/models/m:" + std::string(method);
    auto read = gemini::read_ask(reader, {.path = path, .query = ""}, std::move(body));
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
    ask = std::move(*read);
    EXPECT_FALSE(gemini::can_splice(ask, vertex));
    EXPECT_TRUE(gemini::can_splice(ask, test::gemini_provider()));
    const auto content = gemini::read_content(reader, ask);
    EXPECT_TRUE(content.has_value());
    return gemini::write_ask(*content, ask, test::deployment_of("text-embedding-005"), vertex);
  }
  Provider vertex = test::gemini_provider(Hosting::vertex);
};

TEST_F(GeminiVertexEmbedding, requests_become_instances) {
  const auto one = write(
      R"({"content":{"parts":[{"text":"a"},{"text":"b"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"T","outputDimensionality":8})",
      "embedContent");
  ASSERT_TRUE(one.has_value()) << one.error().message;
  EXPECT_EQ(one->path, "/models/text-embedding-005:predict");
  EXPECT_EQ(
      test::joined(*one),
      R"({"instances":[{"content":"a\nb","task_type":"RETRIEVAL_DOCUMENT","title":"T"}],"parameters":{"outputDimensionality":8}})");
  const auto many = write(
      R"({"requests":[{"model":"m","content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}],"odd":1})",
      "batchEmbedContents");
  ASSERT_TRUE(many.has_value());
  EXPECT_EQ(test::joined(*many), R"({"instances":[{"content":"a"},{"content":"b"}]})");
  EXPECT_EQ(many->dropped, std::vector<std::string>{"odd"});
}

TEST_F(GeminiVertexEmbedding, what_cannot_be_said_is_refused) {
  const auto mixed = write(
      R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"},{"content":{"parts":[{"text":"b"}]},"taskType":"CLASSIFICATION"}]})",
      "batchEmbedContents");
  ASSERT_FALSE(mixed.has_value());
  EXPECT_EQ(mixed.error().code, "unsupported_parameter");
  EXPECT_FALSE(
      write(R"({"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}})",
            "embedContent")
          .has_value());
}

TEST_F(GeminiVertexEmbedding, predictions_become_embeddings) {
  const std::string body =
      R"({"predictions":[{"embeddings":{"statistics":{"token_count":3,"truncated":false},"values":[0.5,1]}}],"metadata":{"billableCharacterCount":1}})";
  for (const auto& [method, wanted] :
       {std::pair{"embedContent", R"({"embedding":{"values":[0.5,1]},)"},
        {"batchEmbedContents", R"({"embeddings":[{"values":[0.5,1]}],)"}}) {
    (void)write(std::string(method) == "embedContent"
                    ? R"({"content":{"parts":[{"text":"a"}]}})"
                    : R"({"requests":[{"content":{"parts":[{"text":"a"}]}}]})",
                method);
    EXPECT_FALSE(gemini::passes_answer(ask, vertex));
    std::string copy = body;
    const auto answer = gemini::read_answer(reader, Endpoint::embeddings, copy, vertex);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(gemini::write_answer(*answer, ask),
              std::string(wanted) + R"("usageMetadata":{"promptTokenCount":3}})");
  }
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
