// The JSON of a record as it stands in the store, and the reading of broken ones. That everything
// survives the round trip is shown with random records beside decide().
#include <gtest/gtest.h>

#include "core/record.h"
#include "core/record_read.h"

namespace wye {
namespace {

std::shared_ptr<Rules> two_deployments() {
  auto rules = std::make_shared<Rules>();
  rules->fingerprint = "4be1";
  rules->providers.resize(1);
  rules->deployments.resize(2);
  rules->deployments[0].name = "gpt-mini";
  rules->deployments[1].name = "sonnet";
  rules->routes.resize(1);
  rules->routes[0].name = "fast";
  rules->index_names();
  return rules;
}

Record sample() {
  Record record;
  record.id = 1'795'305'600'000 << 18;
  record.started = 1'795'305'600'000;
  record.rules = two_deployments();
  record.method_and_path = "POST /v1/chat/completions";
  record.decided = true;
  record.ask.model = "fast";
  record.ask.input_tokens = 12;
  record.ask.needs = {Ability::tools, Ability::stream};
  record.facts.now = record.started;
  record.facts.seed = 0x5a1e;
  record.facts.deployments.resize(2);
  record.facts.deployments[1].breaker = BreakerState::open;
  record.facts.deployments[1].open_until = record.started + 5'000;
  record.plan.route = 0;
  record.plan.rules_matched = {2};
  record.plan.deadline_ms = 60'000;
  record.plan.steps.resize(1);
  record.plan.steps[0].deployment = 0;
  record.plan.steps[0].after = helpful_triggers;
  record.plan.steps[0].cost_nanousd = 380'000;
  record.plan.refusals.resize(1);
  record.plan.refusals[0].deployment = 1;
  record.plan.refusals[0].reason = RefusalReason::circuit_open;
  record.plan.refusals[0].until = record.started + 5'000;
  record.plan.refusals[0].where = {47, 5};
  Outcome outcome;
  outcome.deployment = 0;
  outcome.started = record.started + 1;
  outcome.duration_us = 898'000;
  outcome.ttft_us = 310'000;
  outcome.status = 200;
  outcome.finish = FinishReason::stop;
  outcome.usage = {12, 0, 0, 9, 0, UsageSource::provider};
  outcome.cost_nanousd = 400;
  outcome.cost_known = true;
  record.outcomes = {outcome};
  record.status = 200;
  record.served_by = 0;
  record.usage = outcome.usage;
  record.cost_nanousd = 400;
  record.total_us = 899'000;
  record.overhead_us = 190;
  return record;
}

TEST(RecordJson, SaysNamesAndLeavesOutTheUsual) {
  std::string out;
  write_record_json(sample(), out);
  EXPECT_EQ(
      out,
      R"({"id":"req_0D2026Q800000","started":1795305600000,"policy":"4be1",)"
      R"("request":"POST /v1/chat/completions",)"
      R"("ask":{"endpoint":"chat","model":"fast","needs":["tools","stream"],"input_tokens":12},)"
      R"("facts":{"now":1795305600000,"seed":"5a1e","deployments":{)"
      R"("sonnet":{"breaker":"open","open_until":1795305605000}}},)"
      R"("plan":{"route":"fast","rules":[2],)"
      R"("steps":[{"deployment":"gpt-mini","cost_nanousd":380000}],)"
      R"("refusals":[{"deployment":"sonnet","reason":"circuit_open","until":1795305605000,"at":"47:5"}],)"
      R"("deadline_ms":60000},)"
      R"("outcomes":[{"deployment":"gpt-mini","at_ms":1,"ttft_us":310000,"duration_us":898000,)"
      R"("status":200,"finish":"stop","usage":{"input":12,"output":9,"source":"provider"},)"
      R"("cost_nanousd":400}],)"
      R"("status":200,"served_by":"gpt-mini","cost_nanousd":400,"total_us":899000,"overhead_us":190})");
}

TEST(RecordJson, OnlyAnUnusualCommitIsTold) {
  for (const bool streamed : {false, true}) {
    for (const bool failed : {false, true}) {
      for (const bool committed : {false, true}) {
        Record record = sample();
        record.ask.stream = streamed;
        Outcome& outcome = record.outcomes.front();
        if (failed) outcome.fault = fault(FaultKind::cut, "It broke.");
        outcome.committed = committed;
        std::string out;
        write_record_json(record, out);
        const bool is_usual = committed == (streamed && !failed);
        EXPECT_EQ(out.find("committed") == std::string::npos, is_usual) << out;
        const auto replay = read_record(out, *record.rules);
        ASSERT_TRUE(replay);
        EXPECT_EQ(replay->outcomes.at(0).committed, committed);
      }
    }
  }
}

TEST(RecordJson, AFailedAttemptTellsWhatTheNextStepWentBy) {
  Record record = sample();
  Outcome& outcome = record.outcomes.front();
  outcome.fault = fault(FaultKind::cut, "It broke.");
  outcome.told = NextFacts{record.started + 910, record.facts.now, true, false, true, true};
  std::string out;
  write_record_json(record, out);
  EXPECT_NE(out.find(R"("next":{"at_ms":910,"resumable":true,"retry_allowed":false,)"
                     R"("client_gone":true,"draining":true})"),
            std::string::npos)
      << out;
  const auto replay = read_record(out, *record.rules);
  ASSERT_TRUE(replay);
  const std::optional<NextFacts>& told = replay->outcomes.at(0).told;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->now, record.started + 910);
  EXPECT_EQ(told->started, record.facts.now);
  EXPECT_TRUE(told->resumable && !told->retry_allowed && told->client_gone && told->draining);
}

TEST(RecordJson, ARequestThatWasNeverDecidedHasNoPlan) {
  Record record;
  record.id = 1;
  record.status = 401;
  record.fault = fault(FaultKind::unauthenticated, "Who are you?");
  std::string out;
  write_record_json(record, out);
  EXPECT_EQ(out.find("\"plan\""), std::string::npos);
  const auto replay = read_record(out, Rules{});
  ASSERT_TRUE(replay);
  EXPECT_FALSE(replay->decided);
  EXPECT_EQ(replay->fault->kind, FaultKind::unauthenticated);
}

TEST(RecordJson, ShowsTheBeginningOfTheFingerprintAndNoEmptyList) {
  Record record = sample();
  auto rules = std::make_shared<Rules>(*record.rules);
  rules->fingerprint = "0123456789abcdef";
  record.rules = rules;
  record.facts.deployments.clear();
  std::string out;
  write_record_json(record, out);
  EXPECT_NE(out.find(R"("policy":"0123456789ab",)"), std::string::npos) << out;
  EXPECT_EQ(out.find("deployments"), std::string::npos) << out;
  const auto replay = read_record(out, *rules);
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->fingerprint, "0123456789ab");
  EXPECT_EQ(replay->facts.deployments.size(), rules->deployments.size());
}

TEST(RecordRead, OtherRulesLeaveOutWhatTheyDoNotKnow) {
  std::string out;
  write_record_json(sample(), out);
  Rules other;
  other.deployments.resize(1);
  other.deployments[0].name = "sonnet";
  other.index_names();
  const auto replay = read_record(out, other);
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->outcomes.at(0).deployment, -1);
  EXPECT_EQ(replay->served_by, "gpt-mini");
  ASSERT_EQ(replay->facts.deployments.size(), 1u);
  EXPECT_EQ(replay->facts.deployments[0].breaker, BreakerState::open);
}

TEST(RecordRead, FieldsOfALaterVersionArePassedOver) {
  const auto replay =
      read_record(R"({"id":"req_0000000000001","new":{"a":[1]},"ask":{"later":1}})", Rules{});
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->id, 1);
}

TEST(RecordRead, BrokenRecordsAreFaultsAndNameTheField) {
  for (const std::string_view text :
       {"", "[]", "{", R"({"id":"nonsense"})", R"({"started":"soon"})",
        R"({"ask":{"endpoint":"fax"}})", R"({"facts":{"seed":"xyz"}})", R"({"facts":{"seed":12}})",
        R"({"outcomes":{}})", R"({"outcomes":[{"fault":{"kind":"bad luck"}}]})",
        R"({"status":99999999999})", R"({"ask":{"needs":[1]}})"}) {
    const auto replay = read_record(text, Rules{});
    EXPECT_FALSE(replay) << text;
    if (!replay) {
      EXPECT_FALSE(replay.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace wye
