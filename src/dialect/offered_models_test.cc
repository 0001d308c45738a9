// The lists of models as vendors send them, and the addresses at which they are asked for.
#include "dialect/offered_models.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

Provider provider_at(DialectId dialect, std::string_view url, Hosting hosting = Hosting::own) {
  Provider out;
  out.dialect = dialect;
  out.hosting = hosting;
  out.base_url = *parse_url(url);
  return out;
}

std::vector<std::string> read(std::string body) {
  JsonReader reader;
  auto offered = read_models(reader, body);
  return offered ? *offered : std::vector<std::string>{"fault"};
}
using Names = std::vector<std::string>;

TEST(OfferedModels, ListsOfAllVendors) {
  EXPECT_EQ(read(R"({"object":"list","data":[{"id":"a","object":"model"},{"id":"b"}]})"),
            (Names{"a", "b"}));
  EXPECT_EQ(read(R"([{"id":"x/y","display_name":"Y"}])"), (Names{"x/y"}));
  EXPECT_EQ(read(R"({"models":[{"name":"models/g-1","baseModelId":"g"}],"nextPageToken":"t"})"),
            (Names{"g-1"}));
  EXPECT_EQ(read(R"({"models":[{"name":"l:8b","model":"l:8b","details":{"name":"no"}}]})"),
            (Names{"l:8b"}));
  EXPECT_EQ(read(R"({"modelSummaries":[{"modelId":"m.x-v1:0","modelName":"X"}]})"),
            (Names{"m.x-v1:0"}));
  EXPECT_EQ(read(R"({"data":[{"name":"Nice","aliases":["n-latest"],"id":"n-1"}]})"),
            (Names{"n-1", "n-latest"}));
  EXPECT_EQ(read(R"({"data":[]})"), Names{});
}

TEST(OfferedModels, WhatIsNoList) {
  for (const std::string_view body :
       {"", "{}", "[", "[1,2", "null", "7", "<html></html>", R"({"data":{"id":"a"}})",
        R"({"error":{"message":"no"}})", R"({"data":[{"id":"a"})"}) {
    EXPECT_EQ(read(std::string(body)), Names{"fault"}) << body;
  }
  // Entries of another shape are left out.
  EXPECT_EQ(read(R"({"data":[7,null,"a",{},{"id":5},{"id":""},{"id":"b"}]})"), Names{"b"});
}

TEST(OfferedModels, AddressesOfLists) {
  const auto target = [](const Provider& provider) {
    const auto query = models_query(provider);
    return query ? query->url.host + query->target : "none";
  };
  EXPECT_EQ(target(provider_at(DialectId::openai, "https://o.test/v1")), "o.test/v1/models");
  EXPECT_EQ(target(provider_at(DialectId::openai_responses, "https://o.test")), "o.test/models");
  EXPECT_EQ(target(provider_at(DialectId::anthropic, "https://a.test/v1")),
            "a.test/v1/models?limit=1000");
  EXPECT_EQ(target(provider_at(DialectId::gemini, "https://g.test/v1beta")),
            "g.test/v1beta/models?pageSize=1000");
  EXPECT_EQ(target(provider_at(DialectId::cohere, "https://c.test/v2")),
            "c.test/v1/models?page_size=1000");
  EXPECT_EQ(target(provider_at(DialectId::ollama, "http://l.test")), "l.test/api/tags");
  EXPECT_EQ(target(provider_at(DialectId::voyage, "https://v.test/v1")), "none");
  EXPECT_EQ(target(provider_at(DialectId::gemini, "https://x.test/v1/projects/p/publishers/google",
                               Hosting::vertex)),
            "none");
  EXPECT_EQ(
      target(provider_at(DialectId::bedrock, "https://bedrock-runtime.eu-west-1.amazonaws.com")),
      "bedrock.eu-west-1.amazonaws.com/foundation-models");
  EXPECT_EQ(target(provider_at(DialectId::bedrock, "https://proxy.test")), "none");
  Provider azure = provider_at(DialectId::openai, "https://z.test/openai", Hosting::azure);
  azure.api_version = "2024-10-21";
  EXPECT_EQ(target(azure), "z.test/openai/models?api-version=2024-10-21");
  EXPECT_FALSE(lists_names(azure));
}

TEST(OfferedModels, AddressesOfOneModel) {
  const auto target = [](const Provider& provider, std::string_view model) {
    const auto query = model_query(provider, model);
    return query ? query->target : "none";
  };
  const Provider openai = provider_at(DialectId::openai, "https://o.test/v1");
  EXPECT_EQ(target(openai, "maker/m-1:x"), "/v1/models/maker/m-1:x");
  EXPECT_EQ(target(openai, "m 1?\r\nx: y"), "/v1/models/m%201%3F%0D%0Ax:%20y");
  EXPECT_EQ(target(provider_at(DialectId::bedrock, "https://b.test"), "m"), "none");
  const Provider vertex =
      provider_at(DialectId::anthropic,
                  "https://x.test/v1/projects/p/locations/l/publishers/anthropic", Hosting::vertex);
  EXPECT_EQ(target(vertex, "c-1@20260101"), "/v1/publishers/anthropic/models/c-1");
}

TEST(OfferedModels, NamesAsProvidersUnderstandThem) {
  const Provider ollama = provider_at(DialectId::ollama, "http://l.test");
  EXPECT_TRUE(is_offered(ollama, {"l3:latest"}, "l3"));
  EXPECT_FALSE(is_offered(ollama, {"l3:latest"}, "l3:8b"));
  const Provider bedrock = provider_at(DialectId::bedrock, "https://b.test");
  EXPECT_TRUE(is_offered(bedrock, {"m.x"}, "eu.m.x"));
  EXPECT_TRUE(is_offered(bedrock, {"m.x"}, "m.x"));
  EXPECT_FALSE(is_offered(bedrock, {"m.x"}, "m.y"));
  const Provider openai = provider_at(DialectId::openai, "https://o.test/v1");
  EXPECT_FALSE(is_offered(openai, {"l3:latest"}, "l3"));
  EXPECT_FALSE(is_offered(openai, {}, ""));
}

}  // namespace
}  // namespace wye
