// Bedrock tools: toolConfig. Converse has no "none": who may not call anything gets no tools. But
// where calls stand in the history their tools must be declared. Pure.
#include <algorithm>
#include <unordered_set>

#include "dialect/bedrock.h"
#include "dialect/bedrock_write.h"
#include "dialect/web_search.h"

namespace wye::bedrock {
namespace {

using Mode = ToolChoice::Mode;

constexpr std::string_view any_object = R"({"type":"object"})";

// Names of the tools that were called so far, each once.
std::vector<std::string_view> called(const Content& content) {
  std::vector<std::string_view> names;
  std::unordered_set<std::string_view> seen;
  for (const Message& message : content.messages) {
    for (const Part& part : message.parts) {
      const auto* call = std::get_if<ToolCall>(&part.body);
      if (call != nullptr && seen.insert(call->name).second) names.push_back(call->name);
    }
  }
  return names;
}

// What is no function is not run here, but asked for all the same.
bool has_functions(const Content& content) {
  return std::any_of(content.tools.begin(), content.tools.end(),
                     [](const Tool& tool) { return tool.raw.empty(); });
}

class ToolWriter {
 public:
  ToolWriter(JsonWriter& json, const Writing& writing)
      : json_(json),
        writing_(writing),
        content_(writing.content),
        choice_(writing.content.tool_choice),
        called_(called(writing.content)) {}

  Result<void> write() {
    for (const Tool& tool : content_.tools) {
      if (!tool.raw.empty()) writing_.drop(tool.search ? search_name : std::string_view("tools"));
    }
    const bool answers = writing_.format == Format::tool && choice_.mode != Mode::named;
    const bool forbidden = choice_.mode == Mode::none;
    const bool explained = answers || called_.empty();  // nothing of the history lacks its tools
    const bool own = has_functions(content_) && !(forbidden && explained);
    if (!own && !answers && called_.empty()) return {};
    if (forbidden && own) writing_.drop("tool_choice");

    json_.key("toolConfig").begin_object().key("tools").begin_array();
    if (own) write_own();
    if (answers) write_answer_tool();
    if (!own && !answers) write_called();
    json_.end_array();
    write_choice(answers, own && !forbidden);
    json_.end_object();
    return {};
  }

 private:
  bool is_allowed(const Tool& tool) const {
    if (!tool.raw.empty()) return false;  // one that its own provider runs
    if (choice_.mode != Mode::named || choice_.names.size() < 2) return true;
    return std::find(choice_.names.begin(), choice_.names.end(), tool.name) != choice_.names.end();
  }

  void write_own() {
    for (const Tool& tool : content_.tools) {
      if (!tool.raw.empty() || !is_allowed(tool)) continue;
      write_spec(tool.name, tool.description, tool.parameters, tool.strict.value_or(false));
      if (!tool.cache) continue;
      if (writing_.traits.cache_in_tools) {
        write_cache_point(json_, writing_, *tool.cache);
      } else {
        writing_.drop("cache_control");
      }
    }
  }

  void write_spec(std::string_view name, std::string_view description, std::string_view schema,
                  bool strict) {
    json_.begin_object().key("toolSpec").begin_object().field("name", name);
    if (!description.empty()) json_.field("description", description);
    json_.key("inputSchema").begin_object();
    json_.key("json").raw(schema.empty() ? any_object : schema).end_object();
    if (strict && writing_.traits.schema_output) json_.field("strict", true);
    json_.end_object().end_object();
  }

  void write_answer_tool() {
    const OutputFormat& format = content_.output;
    write_spec(answer_tool,
               format.description.empty()
                   ? std::string_view("Gives your answer. Call it once, with all of the answer.")
                   : std::string_view(format.description),
               format.schema, false);
  }

  // Nobody may call these any more; they only explain the history.
  void write_called() {
    for (const std::string_view name : called_) write_spec(name, {}, {}, false);
  }

  void write_choice(bool answers, bool own) {
    if (answers) {  // of one tool, "any" is that tool; more models know it than "tool"
      write_mode("any");
    } else if (own && choice_.mode == Mode::automatic) {
      write_mode("auto");
    } else if (own && choice_.mode == Mode::named && choice_.names.size() == 1) {
      json_.key("toolChoice").begin_object().key("tool").begin_object();
      json_.field("name", choice_.names.front()).end_object().end_object();
    } else if (own && (choice_.mode == Mode::required || choice_.mode == Mode::named)) {
      write_mode("any");
    }
  }

  void write_mode(std::string_view mode) {
    json_.key("toolChoice").begin_object().key(mode).begin_object().end_object().end_object();
  }

  JsonWriter& json_;
  const Writing& writing_;
  const Content& content_;
  const ToolChoice& choice_;
  std::vector<std::string_view> called_;
};

}  // namespace

Result<void> write_tools(JsonWriter& json, const Writing& writing) {
  return ToolWriter(json, writing).write();
}

bool forces_tool(const Writing& writing) {
  const Mode mode = writing.content.tool_choice.mode;
  if (writing.format == Format::tool) return true;
  return has_functions(writing.content) && (mode == Mode::required || mode == Mode::named);
}

}  // namespace wye::bedrock
