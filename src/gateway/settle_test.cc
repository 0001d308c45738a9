// What attempts cost, by what came of them.
#include "gateway/settle.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/tokens_believed.h"
#include "gateway/test_peer.h"
#include "policy/test_rules.h"

namespace wye {
namespace {

// A request of a thousand tokens to a deployment at $1/M in and $2/M out.
class Settle : public testing::Test {
 protected:
  Settle() {
    test::RulesBuilder build;
    build.deployment("first");
    active->rules = std::make_shared<const Rules>(build.build());
    x.emplace(request, responder, active, *dialect_of(DialectId::openai));
    x->record.rules = active->rules;
    x->ask.facts.input_tokens = 1'000;
  }

  Outcome settled(Endpoint endpoint, Came came, Usage usage = {}) {
    x->ask.facts.endpoint = endpoint;
    Outcome outcome;
    outcome.deployment = 0;
    outcome.usage = usage;
    settle_outcome(*x, came, outcome);
    return outcome;
  }

  RequestHead head;
  test::PeerStream stream;
  HttpRequest request{head, {}, stream};
  test::NotingResponder responder;
  std::shared_ptr<ActivePolicy> active = std::make_shared<ActivePolicy>();
  std::optional<Exchange> x;
};

TEST_F(Settle, AWholeAnswerWithoutAWordOrACountCostsItsPrompt) {
  for (const Endpoint endpoint : {Endpoint::embeddings, Endpoint::rerank, Endpoint::chat}) {
    const Outcome whole = settled(endpoint, {0, true});
    EXPECT_EQ(whole.usage.source, UsageSource::estimated);
    EXPECT_EQ(whole.usage.input, 1'000);
    EXPECT_EQ(whole.cost_nanousd, 1'000'000);
    EXPECT_TRUE(whole.cost_known);
    EXPECT_EQ(settled(endpoint, {0, false}).cost_nanousd, 0) << "nothing came";
  }
  const Outcome moderated = settled(Endpoint::moderations, {0, true});
  EXPECT_EQ(moderated.cost_nanousd, 0);
  EXPECT_TRUE(moderated.cost_known);
}

TEST_F(Settle, NobodyIsBelievedToHaveCountedMoreThanCanBeAddedUp) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const Usage absurd{most, most, -7, most, most, UsageSource::provider};
  const Outcome outcome = settled(Endpoint::chat, {1, true}, absurd);
  EXPECT_EQ(outcome.usage.input, tokens_believed_max);
  EXPECT_EQ(outcome.usage.output, tokens_believed_max);
  EXPECT_EQ(outcome.usage.cache_write, 0);
  EXPECT_GT(outcome.cost_nanousd, 0);
  for (int i = 0; i < 3; ++i) {
    x->record.outcomes.push_back(outcome);
    x->record.outcomes.back().cost_nanousd = most - 1;
  }
  settle(*x, 0);
  EXPECT_EQ(x->record.cost_nanousd, most);
}

}  // namespace
}  // namespace wye
