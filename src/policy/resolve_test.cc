// How a request names its task and its model, and what is said of names that nobody knows.
#include "policy/resolve.h"

#include <gtest/gtest.h>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

class Resolve : public testing::Test {
 protected:
  Resolve() {
    mini = build.deployment("gpt-mini");
    sonnet = build.deployment("sonnet");
    build.at(sonnet).model = "claude-sonnet";
    fast = build.route("fast", {mini, sonnet});
    smart = build.route("smart", {sonnet});
    extract = build.task("extract", fast);
    summarize = build.task("summarize", smart);
    build.rules.keys[static_cast<std::size_t>(build.key("bound"))].default_task = summarize;
    build.rules.keys[static_cast<std::size_t>(build.key("narrow"))].tasks = {extract};
    build.build();
  }

  Plan plan(const AskFacts& ask) { return decide(build.rules, ask, healthy(build.rules)); }

  RulesBuilder build;
  int mini, sonnet, fast, smart, extract, summarize;
};

TEST_F(Resolve, TheFirstNameOfATaskThatIsPresentWins) {
  AskFacts ask = ask_for("task/extract");
  ask.task_header = "summarize";
  ask.task_metadata = "summarize";
  ask.key = "bound";
  EXPECT_EQ(plan(ask).task, extract);
  EXPECT_EQ(plan(ask).task_source, TaskSource::model);

  ask.model = "gpt-mini";
  ask.task_metadata = "extract";
  EXPECT_EQ(plan(ask).task, summarize);
  EXPECT_EQ(plan(ask).task_source, TaskSource::header);

  ask.task_header.clear();
  EXPECT_EQ(plan(ask).task, extract);
  EXPECT_EQ(plan(ask).task_source, TaskSource::metadata);

  ask.task_metadata.clear();
  EXPECT_EQ(plan(ask).task, summarize);
  EXPECT_EQ(plan(ask).task_source, TaskSource::key);

  ask.key.clear();
  EXPECT_EQ(plan(ask).task, -1);
  EXPECT_EQ(plan(ask).task_source, TaskSource::none);
}

TEST_F(Resolve, ATaskIsRoutedByItsRouteAndNotByTheModelName) {
  AskFacts ask = ask_for("no such model");
  ask.task_header = "summarize";
  const Plan decided = plan(ask);
  EXPECT_FALSE(decided.fault);
  EXPECT_EQ(decided.route, smart);
}

TEST_F(Resolve, ATaskWithoutARouteIsRoutedByTheModelName) {
  build.task_at(summarize).route = -1;
  AskFacts ask = ask_for("gpt-mini");
  ask.task_header = "summarize";
  EXPECT_EQ(plan(ask).steps.at(0).deployment, mini);
  EXPECT_EQ(plan(ask).task, summarize);
}

TEST_F(Resolve, AModelNameIsARouteADeploymentOrACatalogModel) {
  EXPECT_EQ(plan(ask_for("smart")).route, smart);
  EXPECT_EQ(plan(ask_for("sonnet")).route, -1);
  EXPECT_EQ(plan(ask_for("sonnet")).steps.at(0).deployment, sonnet);
  EXPECT_EQ(plan(ask_for("claude-sonnet")).steps.at(0).deployment, sonnet);
  EXPECT_EQ(plan(ask_for("openai/claude-sonnet")).steps.at(0).deployment, sonnet);
}

TEST_F(Resolve, AnUnknownModelNamesTheNearest) {
  const Plan decided = plan(ask_for("gpt-minii"));
  ASSERT_TRUE(decided.fault);
  EXPECT_TRUE(decided.steps.empty());
  EXPECT_EQ(decided.fault->kind, FaultKind::not_found);
  EXPECT_EQ(decided.fault->code, "model_not_found");
  EXPECT_EQ(decided.fault->param, "model");
  EXPECT_EQ(decided.fault->message,
            "There is no route, deployment or model \"gpt-minii\". Did you mean \"gpt-mini\"? "
            "GET /v1/models lists them.");
}

TEST_F(Resolve, NoModelAtAllSaysSo) {
  const Plan decided = plan(ask_for(""));
  ASSERT_TRUE(decided.fault);
  EXPECT_EQ(decided.fault->message, "The request names no model. GET /v1/models lists them.");
}

TEST_F(Resolve, AnUnknownTaskNamesTheNearest) {
  AskFacts ask = ask_for("fast");
  ask.task_header = "sumarize";
  const Plan decided = plan(ask);
  ASSERT_TRUE(decided.fault);
  EXPECT_EQ(decided.fault->kind, FaultKind::not_found);
  EXPECT_EQ(decided.fault->code, "task_not_found");
  EXPECT_EQ(decided.fault->param, "x-wye-task");
  EXPECT_EQ(decided.fault->message,
            "There is no task \"sumarize\" (named by header). Did you mean \"summarize\"? "
            "Tasks are: extract, summarize.");
  EXPECT_EQ(plan(ask_for("task/extrakt")).fault->param, "model");
}

TEST_F(Resolve, AKeyMayUseItsTasksOnly) {
  AskFacts ask = ask_for("task/extract");
  ask.key = "narrow";
  EXPECT_FALSE(plan(ask).fault);

  ask.model = "task/sumarize";
  ASSERT_TRUE(plan(ask).fault);
  EXPECT_EQ(plan(ask).fault->message,
            "There is no task \"sumarize\" (named by model). Tasks are: extract.");

  ask.model = "task/summarize";
  ASSERT_TRUE(plan(ask).fault);
  EXPECT_EQ(plan(ask).fault->kind, FaultKind::forbidden);
  EXPECT_EQ(plan(ask).fault->message,
            "The key \"narrow\" may not use the task \"summarize\". Its tasks are: extract.");

  // Not naming a task is no way around it.
  ask.model = "sonnet";
  ASSERT_TRUE(plan(ask).fault);
  EXPECT_EQ(plan(ask).fault->kind, FaultKind::forbidden);
  EXPECT_NE(plan(ask).fault->message.find("task/extract"), std::string::npos);
}

TEST_F(Resolve, LongListsOfTasksAreCutShort) {
  for (int i = 0; i < 20; ++i) build.task("task-number-" + std::to_string(i), fast);
  build.build();
  const Plan decided = plan(ask_for("task/zzzzzzzzzzzzzzzzzz"));
  ASSERT_TRUE(decided.fault);
  EXPECT_NE(decided.fault->message.find("and 12 more"), std::string::npos);
}

}  // namespace
}  // namespace wye::test
