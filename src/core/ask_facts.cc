// The names of the ways in which a task can be named.
#include "core/ask_facts.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto sources =
    names_of<TaskSource, TaskSource::key>("none", "model", "header", "metadata", "key");

}  // namespace

std::string_view to_string(TaskSource source) { return sources.of(source); }
std::optional<TaskSource> task_source_from(std::string_view name) { return sources.find(name); }

}  // namespace wye
