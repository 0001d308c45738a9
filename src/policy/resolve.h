// Resolve: from the names that a client sends to the task, the key and the target they stand for.
// A name that nobody knows is a fault that suggests the nearest one. Pure, any thread.
#pragma once

#include <optional>

#include "core/ask_facts.h"
#include "core/rules.h"

namespace wye {

struct Resolved {
  int key = -1;   // index into Rules::keys
  int task = -1;  // index into Rules::tasks
  TaskSource source = TaskSource::none;
  std::optional<Fault> fault;  // unknown task, or a task that the key may not use
};

// Whether the key may be used for the task, an index into Rules::tasks or -1 for none. One that is
// restricted to tasks may not be used without one either: the restriction would be no more than a
// suggestion.
bool may_use(const Key& key, int task);

// The task, by the first that is present: model "task/x", header, metadata, the key's default.
Resolved resolve_task(const Rules& rules, const AskFacts& ask);

struct ResolvedTarget {
  enum class Kind : std::uint8_t {
    none,
    deployment,
    route
  } kind = Kind::none;
  int index = -1;
};

// What the client's model name stands for: a route, a deployment, or a catalog model.
ResolvedTarget resolve_model(const Rules& rules, std::string_view model);
// The fault of a model name that stands for nothing.
Fault unknown_model(const Rules& rules, std::string_view model);

}  // namespace wye
