// Tests of the Voyage dialect on small texts.
#include <gtest/gtest.h>

#include "dialect/test_reading.h"

namespace wye {
namespace {

class Voyage : public testing::Test {
 protected:
  Result<Ask> read(std::string body) {
    return voyage.read_ask(reader, {.dialect = DialectId::voyage, .endpoint = Endpoint::rerank},
                           std::move(body));
  }
  const Dialect& voyage = *dialect_of(DialectId::voyage);
  const Dialect& cohere = *dialect_of(DialectId::cohere);
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
  Deployment deployment = [] {
    Deployment out;
    out.model = "rank";
    return out;
  }();
  Provider provider;
};

TEST_F(Voyage, a_rerank_of_either_sort_reaches_voyage) {
  const auto jina = read(R"({"model":"m","top_n":3, "query":"q","documents":["a"]})");
  ASSERT_TRUE(jina.has_value()) << jina.error().message;
  EXPECT_EQ(jina->facts.endpoint, Endpoint::rerank);
  EXPECT_GT(jina->facts.input_tokens, 0);
  const ProviderRequest request = voyage.splice(*jina, deployment, provider, false);
  EXPECT_EQ(reading::joined(request),
            R"({"model":"rank","top_k":3, "query":"q","documents":["a"]})");
  EXPECT_EQ(request.path, "/rerank");
}

TEST_F(Voyage, a_rerank_crosses_to_cohere_and_back) {
  const auto ask = read(
      R"({"model":"m","top_k":1,"query":"q","documents":["a",{"text":"b"}],"return_documents":true,"truncation":true})");
  const auto content = voyage.read_content(reader, *ask);
  ASSERT_TRUE(content.has_value());
  const auto request = cohere.write_ask(*content, *ask, deployment, provider);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(reading::joined(*request),
            R"({"model":"rank","query":"q","documents":["a","b"],"top_n":1})");
  EXPECT_EQ(request->dropped, (std::vector<std::string>{"return_documents", "truncation"}));
  std::string body =
      R"({"id":"i","results":[{"index":1,"relevance_score":0.75,"document":{"text":"b"}}],"meta":{"billed_units":{"search_units":1}}})";
  const auto answer = cohere.read_answer(reader, Endpoint::rerank, body, provider);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage.source, UsageSource::none);
  EXPECT_EQ(voyage.write_answer(*answer, *ask),
            R"({"object":"list","id":"i","model":"m",)"
            R"("results":[{"index":1,"relevance_score":0.75,"document":{"text":"b"}}],)"
            R"("data":[{"index":1,"relevance_score":0.75,"document":"b"}],)"
            R"("usage":{"total_tokens":0}})");
}

TEST_F(Voyage, rankings_of_voyage_reach_cohere_clients) {
  std::string body =
      R"({"object":"list","data":[{"relevance_score":0.5,"index":0,"document":"a"}],"model":"r","usage":{"total_tokens":26}})";
  const auto facts = voyage.read_answer_facts(reader, Endpoint::rerank, body, provider);
  const auto answer = voyage.read_answer(reader, Endpoint::rerank, body, provider);
  ASSERT_TRUE(facts && answer);
  EXPECT_EQ(facts->usage.input, 26);
  EXPECT_EQ(facts->model, "r");
  EXPECT_EQ(cohere.write_answer(*answer, Ask{}),
            R"({"id":"","results":[{"index":0,"relevance_score":0.5,"document":"a"}],)"
            R"("meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":26}}})");
}

// Clients of Voyage and of Jina come by the same path, and each finds its list.
TEST_F(Voyage, rankings_of_voyage_reach_clients_of_jina) {
  const auto ask = read(R"({"model":"m","top_n":1,"query":"q","documents":["a","b"]})");
  ASSERT_NE(voyage.passes_answer, nullptr);
  EXPECT_FALSE(voyage.passes_answer(*ask, provider));
  std::string body =
      R"({"object":"list","data":[{"relevance_score":0.5,"index":1,"document":"b"}],"model":"r","usage":{"total_tokens":26,"x":1},"y":2})";
  const auto answer = voyage.read_answer(reader, Endpoint::rerank, body, provider);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(voyage.write_answer(*answer, *ask),
            R"({"object":"list","model":"r",)"
            R"("results":[{"index":1,"relevance_score":0.5,"document":{"text":"b"}}],)"
            R"("data":[{"index":1,"relevance_score":0.5,"document":"b"}],)"
            R"("usage":{"total_tokens":26,"x":1},"y":2})");
}

TEST_F(Voyage, embeddings_of_openai_clients_cross) {
  auto ask = openai.read_ask(
      reader, {.endpoint = Endpoint::embeddings},
      R"({"model":"x","input":"a","dimensions":256,"encoding_format":"base64","user":"u"})");
  const auto content = openai.read_content(reader, *ask);
  const auto request = voyage.write_ask(*content, *ask, deployment, provider);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(reading::joined(*request),
            R"({"model":"rank","input":["a"],"output_dimension":256,"encoding_format":"base64"})");
  EXPECT_EQ(request->dropped, std::vector<std::string>{"user"});
  EXPECT_EQ(request->path, "/embeddings");
  ask = openai.read_ask(reader, {.endpoint = Endpoint::chat},
                        R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  const auto chat = openai.read_content(reader, *ask);
  EXPECT_FALSE(voyage.write_ask(*chat, *ask, deployment, provider).has_value());
}

TEST_F(Voyage, what_is_wrong_is_refused) {
  EXPECT_FALSE(read("{}").has_value());
  EXPECT_FALSE(read(R"({"model":"m","query":"q","documents":"a"})").has_value());
  std::string body = R"({"detail":"no"})";
  EXPECT_FALSE(voyage.read_answer(reader, Endpoint::rerank, body, provider).has_value());
  const Fault bad = fault(FaultKind::quota, "No money");
  EXPECT_EQ(voyage.write_fault(bad, "r", Ask()),
            R"({"detail":"No money","gateway":{"request_id":"r","class":"quota"}})");
}

}  // namespace
}  // namespace wye
