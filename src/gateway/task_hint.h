// Task hint: how critical a request seems, from what can be seen of it without reading it as JSON.
// Good enough to choose whom to turn away under load; what is let in is read and judged by the
// policy.
//
// Pure, any thread.
#pragma once

#include <optional>
#include <string_view>

#include "core/rules.h"

namespace wye {

// Of a body, or when it is not whole of its beginning: the task that it names as its model, looked
// for where clients put it, near either end. With several the most critical counts, so that words
// within a message can only keep a request, as far as its body is there. Nothing when no task of
// this policy is named.
std::optional<Criticality> criticality_hinted(const Rules& rules, std::string_view body,
                                              bool is_whole);

// Of a path that names the model, as Gemini's clients do.
std::optional<Criticality> criticality_of_path(const Rules& rules, std::string_view path);

// By a task's name.
std::optional<Criticality> criticality_of_task(const Rules& rules, std::string_view name);

}  // namespace wye
