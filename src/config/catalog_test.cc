// The embedded catalog is whole, quick to read, and excerpts of it read back the same.
#include "config/catalog.h"

#include <gtest/gtest.h>

#include <chrono>

#include "config/catalog_print.h"
#include "config/test_support.h"

namespace wye::config {
namespace {

TEST(CatalogOfTheBinary, IsReadAndQuick) {
  std::chrono::steady_clock::duration best = std::chrono::hours(1);
  for (int i = 0; i < 5; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    const auto catalog = Catalog::read(embedded_catalog());
    best = std::min(best, std::chrono::steady_clock::now() - begun);
    ASSERT_TRUE(catalog) << catalog.error().message;
    EXPECT_EQ(catalog->providers().size(), embedded_catalog().size());
  }
  EXPECT_LT(best, std::chrono::milliseconds(100));  // about 1 ms; loose for sanitizers
}

TEST(CatalogOfTheBinary, HasNoNameTwice) {
  for (const CatalogProvider& provider : test_catalog().providers()) {
    EXPECT_EQ(test_catalog().find(provider.name), &provider) << provider.name;
    for (const CatalogModel& model : provider.models) {
      EXPECT_EQ(provider.find_model(model.id), &model) << provider.name << " " << model.id;
      for (const std::string& alias : model.aliases) {
        EXPECT_EQ(provider.find_model(alias), &model) << provider.name << " " << alias;
      }
    }
  }
}

TEST(CatalogExcerpt, HoldsWhatWasUsedAndNothingElse) {
  const CatalogProvider* openai = test_catalog().find("openai");
  ASSERT_NE(openai, nullptr);
  const std::string id = openai->models.front().id;
  const std::string json = test_catalog().excerpt({{"openai", {id}}, {"groq", {}}});
  const auto excerpt = Catalog::read_excerpt(json);
  ASSERT_TRUE(excerpt) << excerpt.error().message;
  ASSERT_EQ(excerpt->providers().size(), 2u);
  EXPECT_TRUE(excerpt->find("groq")->models.empty());
  const CatalogProvider* again = excerpt->find("openai");
  ASSERT_EQ(again->models.size(), 1u);
  EXPECT_EQ(again->models[0].price.base.output, openai->models[0].price.base.output);
  EXPECT_EQ(again->base_url, openai->base_url);
  EXPECT_EQ(excerpt->excerpt({{"openai", {id}}, {"groq", {}}}), json);
}

TEST(CatalogReading, FindsByKindAndRefusesNonsense) {
  EXPECT_EQ(test_catalog().find("gemini"), test_catalog().find("google"));
  EXPECT_EQ(test_catalog().find("openai_compatible"), nullptr);
  EXPECT_FALSE(Catalog::read_excerpt("{"));
  EXPECT_FALSE(Catalog::read_excerpt(R"({"name":"x","dialect":"klingon"})"));
  EXPECT_FALSE(
      Catalog::read_excerpt(R"({"name":"x","models":[{"id":"m","price":{"input":"cheap"}}]})"));
  EXPECT_FALSE(Catalog::read_excerpt(R"({"name":"x","models":3})"));
  EXPECT_TRUE(Catalog::read_excerpt("[]")->providers().empty());
}

TEST(CatalogPrinting, ListsVendorsAndModels) {
  EXPECT_NE(format_vendors(test_catalog()).find("\nopenai "), std::string::npos);
  EXPECT_NE(format_vendors_json(test_catalog()).find("{\"name\":\"openai\""), std::string::npos);
  EXPECT_NE(format_models(test_catalog(), "openai")->find("$"), std::string::npos);
  EXPECT_NE(format_models_json(test_catalog(), "openai")->find("price_usd_per_million"),
            std::string::npos);
  EXPECT_FALSE(format_models(test_catalog(), "nobody"));
  EXPECT_EQ(nearest_vendor(test_catalog(), "opnai"), "openai");
}

}  // namespace
}  // namespace wye::config
