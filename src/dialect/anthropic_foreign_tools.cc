// Anthropic foreign tools: the tools of another dialect's request, and the choice among them. Pure.
#include <algorithm>

#include "dialect/anthropic_write.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::anthropic {
namespace {

constexpr std::size_t strict_tools_max = 20;
constexpr std::string_view any_object = R"({"type":"object","properties":{}})";
constexpr std::string_view answer_tool_use =
    "Gives the answer to the user. Call it once, with the whole answer as its arguments.";

class ToolWriter {
 public:
  ToolWriter(JsonWriter& json, const Content& content, const ForeignTools& options,
             std::vector<std::string>& dropped)
      : json_(json), content_(content), options_(options), dropped_(dropped) {
    for (const Tool& tool : content.tools) {
      if (tool.raw.empty()) tools_.push_back(&tool);
      if (tool.search) search_ = &*tool.search;
    }
  }

  void write() {
    write_tools();
    write_choice();
  }

 private:
  void write_tools() {
    if (tools_.empty() && search_ == nullptr && !options_.answer) return;
    json_.key("tools").begin_array();
    for (const Tool* tool : tools_) {
      json_.begin_object();
      write_tool_head(json_, *tool);
      json_.key("input_schema").raw(tool->parameters.empty() ? any_object : tool->parameters);
      write_strict(*tool);
      json_.end_object();
    }
    if (options_.answer) write_answer_tool();
    if (search_ != nullptr) write_search();
    json_.end_array();
  }

  // A function of the client's may bear the name of the search, and two of one name are refused.
  void write_search() {
    const bool taken = std::any_of(tools_.begin(), tools_.end(),
                                   [](const Tool* tool) { return tool->name == "web_search"; });
    taken ? drop(search_name) : write_anthropic_search(json_, *search_, dropped_);
  }

  // Strictness is of the same make as answers by schema: models have both or neither.
  void write_strict(const Tool& tool) {
    if (!tool.strict.value_or(false)) return;
    const bool possible = options_.strict && tools_.size() <= strict_tools_max;
    if (!possible) return drop("tools.strict");
    json_.field("strict", true);
  }

  void write_answer_tool() {
    const OutputFormat& output = content_.output;
    const bool described = !output.description.empty();
    json_.begin_object().field("name", answer_tool);
    json_.field("description", described ? std::string_view(output.description) : answer_tool_use);
    json_.key("input_schema").raw(output.schema.empty() ? any_object : output.schema);
    json_.end_object();
  }

  void write_choice() {
    using Mode = ToolChoice::Mode;
    const ToolChoice& choice = content_.tool_choice;
    if (options_.answer) return write_answer_choice();
    if (tools_.empty()) return;  // a choice among none is refused
    const bool one_at_a_time = choice.parallel == false;
    if (choice.mode == Mode::unset && !one_at_a_time) return;
    json_.key("tool_choice").begin_object();
    switch (choice.mode) {
      case Mode::unset:
      case Mode::automatic: json_.field("type", "auto"); break;
      case Mode::none: json_.field("type", "none"); break;
      case Mode::required: json_.field("type", "any"); break;
      case Mode::named: write_named(choice); break;
    }
    if (one_at_a_time && choice.mode != Mode::none) json_.field("disable_parallel_tool_use", true);
    json_.end_object();
  }

  // Several names cannot be said; "one of your tools" is the nearest.
  void write_named(const ToolChoice& choice) {
    if (choice.names.size() != 1) {
      json_.field("type", "any");
      return;
    }
    json_.field("type", "tool").field("name", choice.names.front());
  }

  // The client's tools may be called instead of answering, unless it said that they must not.
  void write_answer_choice() {
    const bool others = !tools_.empty() && content_.tool_choice.mode != ToolChoice::Mode::none;
    json_.key("tool_choice").begin_object();
    if (others) {
      json_.field("type", "any");
      if (content_.tool_choice.parallel == false) json_.field("disable_parallel_tool_use", true);
    } else {
      json_.field("type", "tool").field("name", answer_tool);
      json_.field("disable_parallel_tool_use", true);
    }
    json_.end_object();
  }

  void drop(std::string_view name) { add_dropped(dropped_, name); }

  JsonWriter& json_;
  const Content& content_;
  const ForeignTools& options_;
  std::vector<std::string>& dropped_;
  std::vector<const Tool*> tools_;
  const WebSearch* search_ = nullptr;
};

}  // namespace

void write_foreign_tools(JsonWriter& json, const Content& content, const ForeignTools& options,
                         std::vector<std::string>& dropped) {
  ToolWriter(json, content, options, dropped).write();
}

}  // namespace wye::anthropic
