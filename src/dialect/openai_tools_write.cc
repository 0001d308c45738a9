// OpenAI tools, writing: tools, searches and the choice among them. Pure.
#include "dialect/openai_ask_parts.h"
#include "dialect/openai_parts.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::openai {
namespace {

// Few of the models that are spoken to this way search the web, and the others refuse the member.
bool can_search(const AskTarget& target) {
  return target.provider.kind == "perplexity" ||
         target.deployment.model.find("search") != std::string::npos;
}

class ToolWriter {
 public:
  ToolWriter(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped)
      : json_(json), target_(target), dropped_(dropped), own_(target.own()) {}

  void write() {
    write_list("tools", false);
    write_list("functions", true);
    write_search();
    write_choice();
  }

 private:
  void write_list(std::string_view name, bool old) {
    bool open = false;
    for (const Tool& tool : target_.content.tools) {
      if (has_word(tool.form, "functions") != old) continue;
      if (tool.search && (!own_ || has_word(tool.form, "option"))) continue;
      if (!tool.raw.empty() && !own_) {  // a tool of the origin's own
        add_dropped(dropped_, "tools");
        continue;
      }
      if (!open) json_.key(name).begin_array();
      open = true;
      write_tool(tool, old);
    }
    if (open) json_.end_array();
  }

  // A search is no tool here but a member of the request.
  void write_search() {
    for (const Tool& tool : target_.content.tools) {
      if (!tool.search) continue;
      if (own_) {
        if (has_word(tool.form, "option")) json_.key("web_search_options").raw(tool.raw);
      } else if (can_search(target_)) {
        json_.key("web_search_options");
        return write_chat_search(json_, *tool.search, dropped_);
      } else {
        add_dropped(dropped_, search_name);
      }
    }
  }

  void write_tool(const Tool& tool, bool old) {
    if (!tool.raw.empty()) {
      json_.raw(tool.raw);
      return;
    }
    json_.begin_object();
    if (!old) json_.field("type", "function").key("function").begin_object();
    json_.field("name", tool.name);
    if (!tool.description.empty() || has_word(tool.form, "description")) {
      json_.field("description", tool.description);
    }
    if (!tool.parameters.empty()) json_.key("parameters").raw(tool.parameters);
    if (tool.strict) json_.field("strict", *tool.strict);
    if (!old) {
      if (own_) write_extra(json_, tool.extra, "function");
      json_.end_object();
    }
    if (own_) write_extra(json_, tool.extra);
    json_.end_object();
  }

  void write_choice() {
    const ToolChoice& choice = target_.content.tool_choice;
    if (choice.parallel) json_.field("parallel_tool_calls", *choice.parallel);
    if (!choice.raw.empty() && own_) json_.key("tool_choice").raw(choice.raw);
    switch (choice.mode) {
      case ToolChoice::Mode::unset: return;
      case ToolChoice::Mode::automatic: json_.field("tool_choice", "auto"); return;
      case ToolChoice::Mode::none: json_.field("tool_choice", "none"); return;
      case ToolChoice::Mode::required:
        json_.field("tool_choice", choice.form == "any" ? "any" : "required");
        return;
      case ToolChoice::Mode::named: return write_named(choice);
    }
  }

  // Several names are a matter of newer OpenAI models; "one of your tools" is what all understand.
  void write_named(const ToolChoice& choice) {
    if (choice.names.size() != 1) {
      json_.field("tool_choice", "required");
      return;
    }
    json_.key("tool_choice").begin_object().field("type", "function");
    json_.key("function").begin_object().field("name", choice.names.front());
    json_.end_object().end_object();
  }

  JsonWriter& json_;
  const AskTarget& target_;
  std::vector<std::string>& dropped_;
  bool own_;
};

}  // namespace

void write_tools(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped) {
  ToolWriter(json, target, dropped).write();
}

}  // namespace wye::openai
