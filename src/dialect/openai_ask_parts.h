// OpenAI ask parts: the pieces that a chat request for a provider is made of. Internal to this
// room; pure.
#pragma once

#include <string>
#include <vector>

#include "core/content.h"
#include "core/deployment.h"
#include "wire/json.h"

namespace wye::openai {

// What the writers of one request share; lives no longer than write_ask().
struct AskTarget {
  const Content& content;
  const Deployment& deployment;
  const Provider& provider;
  bool own() const { return content.origin == DialectId::openai; }
};

// `tools`, `functions`, `web_search_options`, `tool_choice` and `parallel_tool_calls`.
void write_tools(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped);
// `response_format`.
void write_format(JsonWriter& json, const AskTarget& target);
// `reasoning_effort`, or the object by which some of the family ask for thoughts.
void write_reasoning(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped);

}  // namespace wye::openai
