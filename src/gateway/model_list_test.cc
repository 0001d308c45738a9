// What a key is shown of the models that there are.
#include "gateway/model_list.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

class ModelList : public testing::Test {
 protected:
  ModelList() {
    rules.tasks.resize(2);
    rules.tasks[0].name = "sort";
    rules.tasks[1].name = "chat";
    rules.providers.resize(1);
    rules.providers[0].name = "p";
    rules.deployments.resize(1);
    rules.deployments[0].name = "d";
    rules.deployments[0].provider = 0;
    rules.routes.resize(1);
    rules.routes[0].name = "r";
    rules.keys.resize(3);
    rules.keys[one_task].tasks = {0};
    rules.keys[with_default].tasks = {1};
    rules.keys[with_default].default_task = 1;
    rules.index_names();
  }
  bool lists(int key, const std::string& name) const {
    const bool listed = model_list_json(rules, key, DialectId::openai).find("\"" + name + "\"") !=
                        std::string::npos;
    EXPECT_EQ(listed, !model_json(rules, key, name, DialectId::openai).empty()) << name;
    return listed;
  }

  enum {
    free_key,
    one_task,
    with_default
  };
  Rules rules;
};

TEST_F(ModelList, HasEverythingWhereNothingIsRestricted) {
  for (const int key : {-1, static_cast<int>(free_key)}) {
    for (const char* name : {"task/sort", "task/chat", "r", "d"}) EXPECT_TRUE(lists(key, name));
  }
}

TEST_F(ModelList, HasNothingThatTheKeyWouldBeRefused) {
  EXPECT_TRUE(lists(one_task, "task/sort"));
  for (const char* name : {"task/chat", "r", "d"}) EXPECT_FALSE(lists(one_task, name)) << name;
}

TEST_F(ModelList, HasModelsForAKeyThatIsWithinATaskAnyway) {
  for (const char* name : {"task/chat", "r", "d"}) EXPECT_TRUE(lists(with_default, name)) << name;
  EXPECT_FALSE(lists(with_default, "task/sort"));
}

}  // namespace
}  // namespace wye
