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

// Anthropic and Google are spoken to in their own dialects.
TEST(Init, UsesTheVendorsOwnInterfaces) {
  const Environment environment =
      test_environment({{"ANTHROPIC_API_KEY", "x"}, {"GEMINI_API_KEY", "x"}});
  const LoadResult result = load(starting_file(environment, test_catalog()).text, "wye.yaml",
                                 test_catalog(), environment);
  ASSERT_TRUE(result.rules);
  EXPECT_EQ(result.rules->providers[0].dialect, DialectId::anthropic);
  EXPECT_EQ(result.rules->providers[1].dialect, DialectId::gemini);
}

TEST(Init, SaysWhatAKeyAloneIsNotEnoughFor) {
  const StartingFile alone =
      starting_file(test_environment({{"AZURE_OPENAI_API_KEY", "azure-value"}}), test_catalog());
  EXPECT_TRUE(alone.variables.empty());
  ASSERT_EQ(alone.incomplete.size(), 1u);
  EXPECT_EQ(alone.incomplete[0].variable, "AZURE_OPENAI_API_KEY");
  EXPECT_EQ(alone.incomplete[0].needs, "the name of its resource");
  EXPECT_NE(alone.text.find("  # azure: { resource: NAME }"), std::string::npos);
  EXPECT_EQ(alone.text.find("azure-value"), std::string::npos);
  EXPECT_TRUE(load_text(alone.text).rules);
  const StartingFile beside =
      starting_file(test_environment({{"OPENAI_API_KEY", "x"},
                                      {"AWS_BEARER_TOKEN_BEDROCK", "x"},
                                      {"GOOGLE_APPLICATION_CREDENTIALS", "key.json"}}),
                    test_catalog());
  EXPECT_EQ(beside.variables, std::vector<std::string>{"OPENAI_API_KEY"});
  ASSERT_EQ(beside.incomplete.size(), 2u);
  EXPECT_EQ(beside.incomplete[0].variable, "AWS_BEARER_TOKEN_BEDROCK");
  EXPECT_EQ(beside.incomplete[1].vendor, "vertex");
}

// The lines that are left to their owner are good ones.
TEST(Init, WhatIsLeftToCompleteIsRead) {
  const Environment environment = test_environment({{"AZURE_OPENAI_API_KEY", "x"},
                                                    {"AWS_BEARER_TOKEN_BEDROCK", "x"},
                                                    {"GOOGLE_APPLICATION_CREDENTIALS", "none"}});
  std::string text = starting_file(environment, test_catalog()).text;
  for (const std::string_view mark : {"# azure:", "# bedrock:", "# vertex:"}) {
    const std::size_t at = text.find(mark);
    ASSERT_NE(at, std::string::npos) << mark;
    text.erase(at, 2);
  }
  const LoadResult result = load(text, "wye.yaml", test_catalog(), environment);
  ASSERT_TRUE(result.rules) << format_text(result.diagnostics, "wye.yaml", text);
  EXPECT_EQ(result.rules->providers.size(), 4u);
}

TEST(Init, IgnoresEmptyVariables) {
  EXPECT_TRUE(
      starting_file(test_environment({{"OPENAI_API_KEY", ""}}), test_catalog()).variables.empty());
}

}  // namespace
}  // namespace wye::config
