#include "gateway/task_hint.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

class TaskHint : public testing::Test {
 protected:
  TaskHint() {
    for (const auto& [name, criticality] :
         {std::pair{"bulk", Criticality::low}, std::pair{"chat", Criticality::high}}) {
      Task task;
      task.name = name;
      task.criticality = criticality;
      rules.tasks.push_back(std::move(task));
    }
    rules.index_names();
  }
  Rules rules;
};

TEST_F(TaskHint, IsTheTaskNamedAsTheModelNearEitherEnd) {
  const std::string long_text(50'000, 'x');
  EXPECT_EQ(criticality_hinted(rules, R"({"model":"task/bulk","messages":[]})"), Criticality::low);
  EXPECT_EQ(criticality_hinted(rules, R"({"model" : "task/bulk","x":")" + long_text),
            Criticality::low);
  EXPECT_EQ(criticality_hinted(rules, R"({"x":")" + long_text + R"(","model":"task/chat"})"),
            Criticality::high);
}

TEST_F(TaskHint, WordsWithinAMessageLowerNothing) {
  EXPECT_EQ(criticality_hinted(rules, R"({"model":"task/chat","tools":[{"model":"task/bulk"}]})"),
            Criticality::high);
  EXPECT_EQ(
      criticality_hinted(rules, R"({"content":"say \"model\":\"task/bulk\"","model":"task/chat"})"),
      Criticality::high);
}

TEST_F(TaskHint, IsNothingWhenNoTaskIsNamed) {
  for (const char* body :
       {"", "{", R"({"model":"gpt"})", R"({"model":"task/nobody"})", R"({"model":"task/bul)",
        R"({"model")", R"({"model":)", R"({"model":7})", R"({"model":"")", R"("model")"}) {
    EXPECT_FALSE(criticality_hinted(rules, body)) << body;
  }
}

TEST_F(TaskHint, APathMayNameItToo) {
  EXPECT_EQ(criticality_of_path(rules, "/v1beta/models/task/bulk:generateContent"),
            Criticality::low);
  EXPECT_FALSE(criticality_of_path(rules, "/v1beta/models/gemini:generateContent"));
  EXPECT_FALSE(criticality_of_path(rules, "task/"));
}

}  // namespace
}  // namespace wye
