// OpenAI settings, writing: the format of the answer, and how much is to be thought before it.
// Pure.
#include <algorithm>

#include "dialect/foreign.h"
#include "dialect/openai_ask_parts.h"
#include "dialect/openai_habits.h"
#include "dialect/openai_parts.h"
#include "dialect/writing.h"

namespace wye::openai {
namespace {

class FormatWriter {
 public:
  FormatWriter(JsonWriter& json, const AskTarget& target)
      : json_(json), target_(target), own_(target.own()) {}

  void write() {
    const OutputFormat& format = target_.content.output;
    if (!format.raw.empty() && own_) json_.key("response_format").raw(format.raw);
    if (format.kind == OutputFormat::Kind::unset) return;
    json_.key("response_format").begin_object();
    if (format.kind == OutputFormat::Kind::text) json_.field("type", "text");
    if (format.kind == OutputFormat::Kind::json_object) json_.field("type", "json_object");
    if (format.kind == OutputFormat::Kind::json_schema) write_schema(format);
    if (own_) write_extra(json_, format.extra);
    json_.end_object();
  }

 private:
  void write_schema(const OutputFormat& format) {
    json_.field("type", "json_schema").key("json_schema").begin_object();
    // OpenAI demands a name, other dialects have none.
    if (!format.name.empty() || !own_) {
      json_.field("name", format.name.empty() ? std::string_view("answer") : format.name);
    }
    if (!format.description.empty()) json_.field("description", format.description);
    if (!format.schema.empty()) json_.key("schema").raw(format.schema);
    if (format.strict) json_.field("strict", *format.strict);
    if (own_) write_extra(json_, format.extra, "json_schema");
    json_.end_object();
  }

  JsonWriter& json_;
  const AskTarget& target_;
  bool own_;
};

class ReasoningWriter {
 public:
  ReasoningWriter(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped)
      : json_(json), target_(target), dropped_(dropped), own_(target.own()) {}

  void write() {
    const ReasoningSettings& reasoning = target_.content.reasoning;
    const bool object = reasoning.form == "reasoning" || reasoning.form == "thinking";
    if (object && own_) return write_reasoning_object(reasoning);
    if (!own_) return write_foreign_effort(reasoning);
    if (!reasoning.effort.empty()) write_effort(reasoning.effort);
  }

 private:
  void write_effort(std::string_view effort) {
    json_.field("reasoning_effort", fitting_effort(effort, target_.provider.habits));
  }

  // A model that is known not to think refuses to be asked.
  void write_foreign_effort(const ReasoningSettings& reasoning) {
    const std::string_view effort = effort_wanted(reasoning);
    if (effort.empty()) return;
    const bool off = effort == "none";
    const bool thinks =
        !target_.deployment.abilities_known || target_.deployment.abilities.has(Ability::reasoning);
    if (off && !thinks) return;
    const auto& known = target_.provider.habits.reasoning_efforts;
    const bool can_be_off = std::find(known.begin(), known.end(), "none") != known.end();
    const bool said = !reasoning.effort.empty() || reasoning.budget_tokens.has_value();
    // Without a word of how much, nothing says that this provider knows "none".
    if (!thinks || (off && !said && !can_be_off)) return add_dropped(dropped_, "reasoning_effort");
    write_effort(effort);
  }

  // "" when nothing is wanted; a budget below 0 leaves it to the model.
  static std::string_view effort_wanted(const ReasoningSettings& reasoning) {
    if (!reasoning.effort.empty()) return reasoning.effort;
    if (reasoning.budget_tokens && *reasoning.budget_tokens >= 0) {
      return effort_for_budget(*reasoning.budget_tokens);
    }
    if (reasoning.enabled == false) return "none";
    return reasoning.enabled || reasoning.budget_tokens ? "medium" : "";
  }

  void write_reasoning_object(const ReasoningSettings& reasoning) {
    const bool thinking = reasoning.form == "thinking";
    json_.key(reasoning.form).begin_object();
    if (!reasoning.effort.empty()) json_.field("effort", reasoning.effort);
    if (!reasoning.summary.empty()) json_.field("summary", reasoning.summary);
    if (reasoning.budget_tokens) {
      json_.field(thinking ? "budget_tokens" : "max_tokens", *reasoning.budget_tokens);
    }
    if (reasoning.enabled && thinking) {
      json_.field("type", *reasoning.enabled ? "enabled" : "disabled");
    } else if (reasoning.enabled) {
      json_.field("enabled", *reasoning.enabled);
    }
    if (reasoning.include) json_.field("exclude", !*reasoning.include);
    write_extra(json_, reasoning.extra);
    json_.end_object();
  }

  JsonWriter& json_;
  const AskTarget& target_;
  std::vector<std::string>& dropped_;
  bool own_;
};

}  // namespace

void write_format(JsonWriter& json, const AskTarget& target) { FormatWriter(json, target).write(); }

void write_reasoning(JsonWriter& json, const AskTarget& target, std::vector<std::string>& dropped) {
  ReasoningWriter(json, target, dropped).write();
}

}  // namespace wye::openai
