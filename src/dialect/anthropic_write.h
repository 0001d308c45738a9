// Anthropic write: the bodies of requests. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "core/ask.h"
#include "core/content.h"
#include "core/deployment.h"
#include "dialect/anthropic_parts.h"

namespace wye::anthropic {

// A request that was read from this dialect, with every member back in its place. `extra` is what
// may be said of its own extra members.
void write_own_body(JsonWriter& json, const Content& content, const Extra& extra);

// A request of another dialect, as far as Anthropic can do it. What had to be left out beyond
// without_place() is added to `dropped`.
void write_foreign_body(JsonWriter& json, const Content& content, const Deployment& deployment,
                        std::vector<std::string>& dropped);

// `tools` and `tool_choice` of such a request.
struct ForeignTools {
  bool strict = false;  // the model knows strict tools
  bool answer = false;  // it is to answer by the tool `answer_tool`, with JSON as its arguments
};
void write_foreign_tools(JsonWriter& json, const Content& content, const ForeignTools& options,
                         std::vector<std::string>& dropped);

// The members of a function tool, without its braces and its schema.
void write_tool_head(JsonWriter& json, const Tool& tool);

}  // namespace wye::anthropic
