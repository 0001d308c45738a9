// Tests of the Voyage dialect and of the errors of Cohere, Voyage, Ollama and Mistral over recorded
// traffic; skipped where the recordings are absent.
#include <gtest/gtest.h>

#include "base/test_measured.h"
#include "dialect/cohere.h"
#include "dialect/test_reading.h"
#include "dialect/vectors.h"
#include "dialect/voyage.h"

namespace wye {
namespace {

class VoyageCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  const Provider provider = corpus::provider_of("voyage");
  JsonReader reader;
};

// Recorded embeddings are packed; an OpenAI client that wants numbers gets the same floats.
TEST_F(VoyageCorpus, embeddings_reach_openai_clients) {
  int seen = 0;
  corpus::for_each_exchange("voyage", [&](const corpus::Exchange& exchange) {
    if (exchange.status != 200) return;
    ++seen;
    std::string body = exchange.answer;
    const auto facts = voyage::read_answer_facts(reader, Endpoint::embeddings, body, provider);
    const auto answer = voyage::read_answer(reader, Endpoint::embeddings, body, provider);
    ASSERT_TRUE(facts && answer) << exchange.id;
    EXPECT_EQ(facts->usage, answer->usage);
    EXPECT_GT(answer->usage.input, 0);
    EXPECT_EQ(answer->usage.output, 0);
    Ask packed;
    packed.client_wants_base64 = true;
    std::string written = openai.write_answer(*answer, packed);
    const auto same = openai.read_answer(reader, Endpoint::embeddings, written, provider);
    std::string numbers = openai.write_answer(*answer, Ask{});
    const auto plain = openai.read_answer(reader, Endpoint::embeddings, numbers, provider);
    ASSERT_TRUE(same && plain);
    ASSERT_EQ(plain->embeddings.size(), answer->embeddings.size());
    for (std::size_t i = 0; i < plain->embeddings.size(); ++i) {
      EXPECT_EQ(same->embeddings[i].base64, answer->embeddings[i].base64);
      EXPECT_EQ(plain->embeddings[i].values, unpack_floats(answer->embeddings[i].base64));
      EXPECT_EQ(pack_floats(plain->embeddings[i].values), answer->embeddings[i].base64);
    }
    EXPECT_EQ(plain->usage.input, answer->usage.input);
  });
  EXPECT_EQ(seen, 3);
}

// What the labels of recorded errors are in the words of this house.
std::optional<FaultKind> kind_of(const std::string& label) {
  using enum FaultKind;
  static const std::map<std::string, FaultKind> kinds{{"auth", auth},
                                                      {"model_not_found", model_gone},
                                                      {"rate_limit", rate_limit},
                                                      {"context_length", context_window},
                                                      {"unsupported_param", bad_request},
                                                      {"invalid_request", bad_request},
                                                      {"quota_exhausted", quota},
                                                      {"overloaded", overloaded},
                                                      {"server_error", outage},
                                                      {"permission", permission}};
  const auto found = kinds.find(label);
  if (found == kinds.end()) return std::nullopt;
  return found->second;
}

TEST_F(VoyageCorpus, labelled_errors_are_understood) {
  reading::Tally tally;
  corpus::for_each("errors/errors.open.jsonl", true, [&](const corpus::Exchange& exchange) {
    const bool flat = exchange.provider == "cohere" || exchange.provider == "voyage" ||
                      exchange.provider == "ollama";
    if (!flat && exchange.provider != "mistral") return;
    const auto wanted = kind_of(exchange.label);
    ASSERT_TRUE(wanted.has_value()) << exchange.label;
    std::string body = exchange.answer;
    const Headers headers;
    const auto read = flat ? cohere::read_fault : openai.read_fault;
    const Fault fault = read(reader, exchange.status, headers, body, 0);
    tally.add(fault.kind == *wanted, exchange.label + " as " + std::string(to_string(fault.kind)),
              exchange.id);
    EXPECT_FALSE(fault.message.empty());
  });
  tally.print("labelled errors");
  test::measured("labelled errors", "Cohere, Voyage, Ollama, Mistral", tally.good, tally.all);
  EXPECT_GE(tally.all, 10);
  EXPECT_EQ(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
