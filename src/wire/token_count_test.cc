// Counts and tokens of whole texts: a few known ones, and where the corpus is there, all of its
// golden ones.
#include "wire/token_count.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/test_measured.h"

namespace wye {
namespace {

using Tokens = std::vector<std::uint32_t>;

bool has_vocabularies() { return !embedded_ranks(Encoding::o200k_base).empty(); }

std::filesystem::path golden_file() {
  const char* corpus = std::getenv("WYE_CORPUS");
  return std::filesystem::path(corpus != nullptr ? corpus : "../shared/wire") /
         "tokenizers/open/golden.jsonl";
}

TEST(EncodingOf, KnowsTheOlderModelsAndTakesTheNewerForTheRest) {
  for (const char* const older :
       {"gpt-4", "gpt-4-turbo", "gpt-4-0613", "gpt-3.5-turbo", "gpt-35-turbo", "openai/gpt-4",
        "ft:gpt-3.5-turbo-0125:house", "text-embedding-3-small", "text-embedding-ada-002"}) {
    EXPECT_EQ(encoding_of(older), Encoding::cl100k_base) << older;
  }
  for (const char* const newer :
       {"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.5-preview", "gpt-5", "o1", "openai/gpt-oss-120b",
        "claude-sonnet-4-5", "ft:gpt-4o-mini:house", "", "/", "gpt"}) {
    EXPECT_EQ(encoding_of(newer), Encoding::o200k_base) << newer;
  }
}

TEST(CountTokens, WithoutVocabulariesSaysSo) {
  const TokenCount count = count_tokens(Encoding::o200k_base, "Hello, world!");
  EXPECT_EQ(count.exact, has_vocabularies());
  EXPECT_EQ(count.tokens, 4);
  EXPECT_EQ(count_tokens(Encoding::cl100k_base, "").tokens, 0);
}

TEST(CountTokens, DifferByEncoding) {
  if (!has_vocabularies()) GTEST_SKIP() << "this build has no vocabularies";
  EXPECT_EQ(encode_tokens(Encoding::o200k_base, "a b"), (Tokens{64, 287}));
  EXPECT_EQ(encode_tokens(Encoding::cl100k_base, "a b"), (Tokens{64, 293}));
  EXPECT_EQ(count_tokens(Encoding::o200k_base, "\u043F\u0440\u0438\u0432\u0435\u0442").tokens, 2);
  EXPECT_EQ(count_tokens(Encoding::cl100k_base, "\u043F\u0440\u0438\u0432\u0435\u0442").tokens, 4);
}

// The name of a special token, written by a user, is seven tokens of text.
TEST(CountTokens, SpecialTokensAreText) {
  if (!has_vocabularies()) GTEST_SKIP() << "this build has no vocabularies";
  for (const auto encoding : {Encoding::o200k_base, Encoding::cl100k_base}) {
    EXPECT_EQ(count_tokens(encoding, "<|endoftext|>").tokens, 7);
  }
}

// Quadratic merging would take hours.
TEST(CountTokens, OfAMegabyteOfOneLetterTakesNoTime) {
  if (!has_vocabularies()) GTEST_SKIP() << "this build has no vocabularies";
  for (const auto encoding : {Encoding::o200k_base, Encoding::cl100k_base}) {
    const std::clock_t begun = std::clock();
    EXPECT_EQ(count_tokens(encoding, std::string(1'000'000, 'a')).tokens, 125'000);
    EXPECT_LT(std::clock() - begun, 20 * CLOCKS_PER_SEC);
  }
}

// --- the corpus ---

struct Golden {
  std::string text;
  std::int64_t count = 0;
  bool has_tokens = false;
  Tokens tokens;
};

Golden golden_of(simdjson::dom::element line, std::string_view name) {
  Golden golden;
  golden.text = std::string(line["text"].get_string().value_unsafe());
  golden.count = line[name].get_int64().value_unsafe();
  simdjson::dom::array ids;
  golden.has_tokens = line[std::string(name) + "_ids"].get(ids) == simdjson::SUCCESS;
  if (!golden.has_tokens) return golden;
  for (const simdjson::dom::element id : ids) {
    golden.tokens.push_back(static_cast<std::uint32_t>(id.get_int64().value_unsafe()));
  }
  return golden;
}

bool is_golden(Encoding encoding, const Golden& golden) {
  const TokenCount count = count_tokens(encoding, golden.text);
  const bool counted = count.exact && count.tokens == golden.count;
  const bool encoded = !golden.has_tokens || encode_tokens(encoding, golden.text) == golden.tokens;
  EXPECT_TRUE(counted) << count.tokens << " for " << golden.count << ": " << golden.text;
  EXPECT_TRUE(encoded) << golden.text;
  return counted && encoded;
}

TEST(CountTokens, OfTheCorpusAreAllRight) {
  if (!has_vocabularies()) GTEST_SKIP() << "this build has no vocabularies";
  std::ifstream in(golden_file());
  if (!in) GTEST_SKIP() << "no corpus: set WYE_CORPUS";
  simdjson::dom::parser parser;
  std::string text;
  int lines = 0, right = 0;
  for (; std::getline(in, text); ++lines) {
    const simdjson::dom::element line = parser.parse(text).value_unsafe();
    right += is_golden(Encoding::o200k_base, golden_of(line, "o200k")) ? 1 : 0;
    right += is_golden(Encoding::cl100k_base, golden_of(line, "cl100k")) ? 1 : 0;
  }
  test::measured("wire", "texts as OpenAI's two tokenizers cut them", right,
                 std::int64_t{2} * lines);
  EXPECT_GE(lines, 500);
}

}  // namespace
}  // namespace wye
