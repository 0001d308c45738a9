// Responses crossing. Pure.
#include "dialect/responses_crossing.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "dialect/foreign.h"
#include "dialect/json_walk.h"

namespace wye::responses {
namespace {

Fault refused(std::string_view field, std::string_view why) {
  return walk::wrong_value(field, why, "unsupported_parameter");
}

struct KeptElsewhere {
  std::string_view field;
  std::string_view why;
};
// What stands for content that one provider keeps.
constexpr KeptElsewhere kept_elsewhere[]{
    {"previous_response_id",
     "names an answer that only the provider that gave it can look up; send the whole conversation "
     "in input, or name a route to providers of the Responses API"},
    {"conversation",
     "names a conversation that only one provider keeps; send the whole conversation in input, or "
     "name a route to providers of the Responses API"},
    {"prompt",
     "names a prompt that only one provider keeps; send its text as instructions, or name a route "
     "to providers of the Responses API"},
};

Result<void> check_state(const Extra& extra) {
  for (const KeptElsewhere& each : kept_elsewhere) {
    const std::string* json = find_extra(extra, each.field);
    if (json != nullptr && *json != "null") return fail(refused(each.field, each.why));
  }
  return {};
}

bool is_known_elsewhere(const Tool& tool) { return tool.raw.empty() || tool.search; }

// Tools that the provider runs itself are left out elsewhere, and that is told: clients offer them
// by habit. One that must be used is another matter.
Result<void> check_tools(const Content& content) {
  const std::vector<Tool>& tools = content.tools;
  const bool required = content.tool_choice.mode == ToolChoice::Mode::required;
  if (required && !tools.empty() && std::none_of(tools.begin(), tools.end(), is_known_elsewhere)) {
    return fail(
        refused("tools", fmt::format("has {}, which must be used and which only providers of the "
                                     "Responses API run; leave it out, or name a route to such "
                                     "providers",
                                     tools.front().name)));
  }
  if (content.tool_choice.raw.empty()) return {};
  return fail(refused("tool_choice",
                      "is one that only providers of the Responses API know; use auto, none, "
                      "required or a function"));
}

Result<void> check_part(const Part& part) {
  const auto* unknown = std::get_if<Unknown>(&part.body);
  if (unknown == nullptr) return {};
  // An empty message says nothing, thoughts that nobody can read help nobody, and what a search
  // found is in the answer that follows it.
  if (unknown->type == "message" || unknown->type == "reasoning" ||
      unknown->type == "web_search_call") {
    return {};
  }
  if (unknown->type == "item_reference") {
    if (unknown->json.find(R"("rs_)") != std::string::npos) return {};  // of a thought
    return fail(refused("input",
                        "has an item_reference, and only the provider that made that item can "
                        "look it up; send the items themselves (store: false makes libraries do "
                        "so)"));
  }
  return fail(refused("input", fmt::format("has a part of type {}, which only providers of the "
                                           "Responses API can read",
                                           unknown->type)));
}

Result<void> check_messages(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    for (const Part& part : message.parts) {
      if (Result<void> done = check_part(part); !done) return done;
      const auto* result = std::get_if<ToolResult>(&part.body);
      if (result == nullptr) continue;
      for (const Part& each : result->parts) {
        if (Result<void> done = check_part(each); !done) return done;
      }
    }
  }
  return {};
}

// Whose file ids mean something here: OpenAI's two dialects share their files.
bool knows_file_ids(DialectId origin) {
  return origin == DialectId::openai || origin == DialectId::openai_responses;
}

class Checker {
 public:
  explicit Checker(const Content& content) : content_(content) {}

  Result<void> check() const {
    if (content_.choices && *content_.choices > 1) {
      return fail(refused("n", "must be 1: the Responses API gives one answer a request"));
    }
    if (!content_.stop.empty()) {
      return fail(refused("stop", "is unknown to the Responses API"));
    }
    if (!own()) {
      if (Result<void> done = check_crossing(content_); !done) return done;
    }
    for (const Message& message : content_.messages) {
      for (const Part& part : message.parts) {
        if (Result<void> done = check_part(part); !done) return done;
      }
    }
    return {};
  }

 private:
  bool own() const { return content_.origin == DialectId::openai_responses; }

  Result<void> check_part(const Part& part) const {
    if (std::holds_alternative<Audio>(part.body)) {
      return fail(refused("messages", "has sound, which the Responses API does not read"));
    }
    if (const auto* image = std::get_if<Image>(&part.body)) return check_media(image->media);
    if (const auto* file = std::get_if<Document>(&part.body)) return check_media(file->media);
    const auto* result = std::get_if<ToolResult>(&part.body);
    if (result == nullptr) return {};
    for (const Part& each : result->parts) {
      if (Result<void> done = check_part(each); !done) return done;
    }
    return {};
  }

  Result<void> check_media(const Media& media) const {
    if (media.file_id.empty() || knows_file_ids(content_.origin)) return {};
    return fail(refused("messages", "has the id of a file that only another vendor keeps"));
  }

  const Content& content_;
};

}  // namespace

Result<void> may_come(const Content& content) { return Checker(content).check(); }

Result<void> may_be_kept(const Ask& ask) {
  if (!ask.zdr || !ask.joins_conversation) return {};
  return fail(refused("conversation",
                      "would be kept by its provider, and this task wants zero data retention; "
                      "send the whole conversation in input"));
}

Result<void> may_cross(const Content& content) {
  if (Result<void> done = check_state(content.extra); !done) return done;
  if (Result<void> done = check_tools(content); !done) return done;
  if (!content.output.raw.empty()) {
    return fail(refused("text.format", "must be text, json_object or json_schema"));
  }
  return check_messages(content.messages);
}

}  // namespace wye::responses
