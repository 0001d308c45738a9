// answers: what a task's answers must be, and from when on they are passed on; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

bool lists(const Node* list, std::string_view word) {
  const std::vector<const Node*> words = read_list(list);
  return std::any_of(words.begin(), words.end(),
                     [&](const Node* one) { return one->text == word; });
}

std::shared_ptr<const JsonSchema> read_schema(Loading& loading, const Node& node) {
  const auto refuse = [&](const std::string& why) {
    loading.add(Code::schema_unusable, place_of(node), why);
    return nullptr;
  };
  Result<std::string> text = loading.environment.read_file(node.text);
  if (!text) return refuse(text.error().message);
  auto schema = JsonSchema::read(*text);
  if (!schema) return refuse(fmt::format("schema {}: {}", node.text, schema.error().message));
  loading.referenced += *text;
  return *schema;
}

}  // namespace

void read_output(Loading& loading, const Node* node, Task& task) {
  if (node == nullptr || !node->is_map()) return;
  OutputRules& rules = task.output;
  rules.where = node->where;
  rules.json = read_flag(node->find("json")).value_or(false);
  if (const Node* schema = node->find("schema"); schema != nullptr && schema->is_scalar()) {
    rules.schema = read_schema(loading, *schema);
    rules.json = true;
  }
  if (const Node* todo = node->find("on_invalid")) {
    rules.repair = lists(todo, "repair");
    rules.fallback = lists(todo, "fallback");
  }
  if (!rules.json) {
    loading.add(Code::one_of_keys, place_of(*node),
                fmt::format("\"output\" of task \"{}\" says nothing of what is valid", task.name),
                "give a schema, or json: true");
  }
}

void read_stream(Loading& loading, const Node* node, Task& task) {
  const Node* commit = node == nullptr ? nullptr : node->find("commit");
  task.stream = read_commit(commit).value_or(StreamRules{});
  if (node != nullptr) {
    task.stream.resume = read_flag(node->find("resume")).value_or(true);
    task.stream.finish_unread = read_text(node->find("on_client_gone")) == "finish";
  }
  if (!task.output.json) return;
  if (commit != nullptr && task.stream.commit != Commit::validated) {
    loading.add(Code::commit_too_early, place_of(*commit),
                fmt::format("task \"{}\" checks its output, and passes it on before", task.name),
                "use validated");
  }
  task.stream.commit = Commit::validated;
}

}  // namespace wye::config
