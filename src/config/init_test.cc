// The starting file is good, whatever keys the environment holds.
#include "config/init.h"

#include <gtest/gtest.h>

#include "config/test_support.h"

namespace wye::config {
namespace {

void expect_good(const Texts& variables) {
  const Environment environment = test_environment(variables);
  const StartingFile file = starting_file(environment, test_catalog());
  const LoadResult result =
      load(file.text, "wye.yaml", test_catalog(), environment, {.secrets_required = true});
  EXPECT_EQ(format_text(result.diagnostics, "wye.yaml", result.shown_text), "") << file.text;
  ASSERT_TRUE(result.rules) << file.text;
  EXPECT_EQ(static_cast<int>(result.rules->providers.size()), file.providers);
  EXPECT_EQ(static_cast<int>(result.rules->tasks.size()), file.tasks);
  EXPECT_EQ(file.variables.size(), variables.size());
  for (const Provider& provider : result.rules->providers) {
    EXPECT_EQ(provider.api_key.empty(), variables.empty());
  }
  // The value itself is nowhere in the file.
  for (const auto& [name, value] : variables) EXPECT_EQ(file.text.find(value), std::string::npos);
}

constexpr const char* names[] = {"OPENAI_API_KEY",   "ANTHROPIC_API_KEY",  "GEMINI_API_KEY",
                                 "MISTRAL_API_KEY",  "GROQ_API_KEY",       "DEEPSEEK_API_KEY",
                                 "XAI_API_KEY",      "TOGETHER_API_KEY",   "FIREWORKS_API_KEY",
                                 "CEREBRAS_API_KEY", "OPENROUTER_API_KEY", "PERPLEXITY_API_KEY"};

TEST(Init, WithoutKeysUsesTheSimulator) {
  expect_good({});
  EXPECT_TRUE(starting_file(test_environment(), test_catalog()).variables.empty());
}

// Also says that the catalog still has every model that init writes.
TEST(Init, WithEachKeyAlone) {
  for (const char* name : names) expect_good({{name, "the-secret-value"}});
}

TEST(Init, WithAllKeys) {
  Texts variables;
  for (const char* name : names) variables[name] = "the-secret-value";
  expect_good(variables);
}

TEST(Init, IgnoresEmptyVariables) {
  EXPECT_TRUE(
      starting_file(test_environment({{"OPENAI_API_KEY", ""}}), test_catalog()).variables.empty());
}

}  // namespace
}  // namespace wye::config
