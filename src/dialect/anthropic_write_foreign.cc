// Anthropic write foreign: a request of another dialect in Anthropic's words. The API refuses what
// it does not know, so everything is either known to be taken by the model or left out and told.
// Pure.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/anthropic_model.h"
#include "dialect/anthropic_thinking.h"
#include "dialect/anthropic_turns.h"
#include "dialect/anthropic_write.h"
#include "dialect/foreign.h"
#include "dialect/writing.h"

namespace wye::anthropic {
namespace {

constexpr WriteOptions foreign_options{.own = false, .to = Receiver::provider};
constexpr std::size_t user_bytes_max = 256;
constexpr double thinking_top_p_min = 0.95;

// How an answer in JSON is asked for.
enum class FormatWay {
  none,
  native,  // output_config.format
  tool,    // a tool whose arguments are the answer
};

// Whether the choice makes the model call one of the client's tools, so that no text is due.
bool forces_tool(const ToolChoice& choice) {
  return choice.mode == ToolChoice::Mode::required || choice.mode == ToolChoice::Mode::named;
}

class ForeignWriter {
 public:
  ForeignWriter(JsonWriter& json, const Content& content, const Deployment& deployment,
                std::vector<std::string>& dropped)
      : json_(json),
        content_(content),
        dropped_(dropped),
        strict_(deployment.abilities.has(Ability::json_schema)),
        counting_(content.endpoint == Endpoint::count_tokens),
        habits_(habits_of(deployment.model)),
        conversation_(arrange(content, foreign_options)) {
    for (const Tool& tool : content.tools) {
      has_functions_ = has_functions_ || tool.raw.empty();
      if (!tool.raw.empty() && !tool.search) drop("tools");
    }
    way_ = way_of(content.output, deployment);
    plan_ = plan_thinking(content, conversation_, deployment, tool_is_forced());
  }

  void write() {
    if (!counting_) json_.field("max_tokens", plan_.max_tokens);
    write_system();
    write_messages();
    write_foreign_tools(json_, content_, {.strict = strict_, .answer = way_ == FormatWay::tool},
                        dropped_);
    write_thinking();
    if (!counting_) write_settings();
    if (content_.cache) write_cache(json_, *content_.cache);
  }

 private:
  FormatWay way_of(const OutputFormat& output, const Deployment& deployment) const {
    if (output.kind == OutputFormat::Kind::json_schema && !output.schema.empty() &&
        deployment.abilities.has(Ability::json_schema)) {
      return FormatWay::native;
    }
    const bool json = output.kind == OutputFormat::Kind::json_schema ||
                      output.kind == OutputFormat::Kind::json_object;
    const bool text_is_due = !has_functions_ || !forces_tool(content_.tool_choice);
    return json && text_is_due ? FormatWay::tool : FormatWay::none;
  }

  bool tool_is_forced() const {
    if (way_ == FormatWay::tool) return true;
    return has_functions_ && forces_tool(content_.tool_choice);
  }

  void write_system() {
    if (conversation_.system.empty()) return;
    json_.key("system");
    write_blocks(conversation_.system);
  }

  void write_blocks(const std::vector<const Part*>& parts) {
    if (parts.size() == 1 && !parts.front()->cache) {
      if (const auto* text = std::get_if<Text>(&parts.front()->body)) {
        json_.value(text->text);
        return;
      }
    }
    json_.begin_array();
    for (const Part* part : parts) write_part(*part);
    json_.end_array();
  }

  // Ids of others may hold signs that are refused here.
  void write_part(const Part& part) {
    Part changed;
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      changed = part;
      std::get<ToolCall>(changed.body).id = id_of(call->id, calls_);
    } else if (const auto* result = std::get_if<ToolResult>(&part.body)) {
      changed = part;
      std::get<ToolResult>(changed.body).call_id = id_of(result->call_id, results_);
    } else {
      return write_block(json_, part, foreign_options);
    }
    write_block(json_, changed, foreign_options);
  }

  // Where there is no id at all, results answer calls in their order.
  static std::string id_of(const std::string& id, int& nameless) {
    if (id.empty()) return fmt::format("call_{}", ++nameless);
    std::string out = id;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return !is_alphanumeric(c) && c != '_' && c != '-'; },
        '_');
    return out;
  }

  void write_messages() {
    json_.key("messages").begin_array();
    for (const Turn& turn : conversation_.turns) {
      json_.begin_object();
      json_.field("role", turn.assistant ? "assistant" : "user").key("content");
      write_blocks(turn.parts);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_thinking() {
    if (plan_.dropped) drop("reasoning_effort");
    if (!plan_.thinks) drop_settings(content_, {Setting::thought_summary}, dropped_);
    if (plan_.thinks) {
      json_.key("thinking").begin_object();
      json_.field("type", plan_.budget_tokens > 0 ? "enabled" : "adaptive");
      if (plan_.budget_tokens > 0) json_.field("budget_tokens", plan_.budget_tokens);
      if (plan_.show) json_.field("display", "summarized");
      json_.end_object();
    }
    if (plan_.effort.empty() && way_ != FormatWay::native) return;
    json_.key("output_config").begin_object();
    if (!plan_.effort.empty()) json_.field("effort", plan_.effort);
    if (way_ == FormatWay::native) {
      json_.key("format").begin_object().field("type", "json_schema");
      json_.key("schema").raw(content_.output.schema).end_object();
    }
    json_.end_object();
  }

  void write_settings() {
    write_sampling();
    write_stop();
    if (content_.user.size() > user_bytes_max) {
      drop("user");
    } else if (!content_.user.empty()) {
      json_.key("metadata").begin_object().field("user_id", content_.user).end_object();
    }
    if (content_.stream) json_.field("stream", true);
  }

  // 1 is the default of both, and they are refused together.
  void write_sampling() {
    const Sampling& sampling = content_.sampling;
    const bool warm = sampling.temperature && *sampling.temperature != 1.0;
    const bool cut = sampling.top_p && *sampling.top_p < 1.0;
    const bool cut_allowed = !plan_.thinks || sampling.top_p.value_or(1) >= thinking_top_p_min;
    if (warm && (!habits_.sampling || plan_.thinks)) {
      drop("temperature");
    } else if (warm) {
      json_.field("temperature", std::clamp(*sampling.temperature, 0.0, 1.0));
    }
    if (cut && (warm || !habits_.sampling || !cut_allowed)) {
      drop("top_p");
    } else if (cut) {
      json_.field("top_p", *sampling.top_p);
    }
    if (sampling.top_k && (!habits_.sampling || plan_.thinks)) {
      drop("top_k");
    } else if (sampling.top_k) {
      json_.field("top_k", *sampling.top_k);
    }
  }

  // A sequence of nothing but white space is refused.
  void write_stop() {
    std::vector<std::string_view> list;
    for (const std::string& each : content_.stop) {
      if (each.find_first_not_of(" \t\r\n") == std::string::npos) {
        drop("stop");
      } else {
        list.push_back(each);
      }
    }
    if (list.empty()) return;
    json_.key("stop_sequences").begin_array();
    for (const std::string_view each : list) json_.value(each);
    json_.end_array();
  }

  void drop(std::string_view name) { add_dropped(dropped_, name); }

  JsonWriter& json_;
  const Content& content_;
  std::vector<std::string>& dropped_;
  bool strict_;
  bool counting_;
  ModelHabits habits_;
  Conversation conversation_;
  bool has_functions_ = false;
  FormatWay way_ = FormatWay::none;
  ThinkingPlan plan_;
  int calls_ = 0, results_ = 0;
};

}  // namespace

void write_foreign_body(JsonWriter& json, const Content& content, const Deployment& deployment,
                        std::vector<std::string>& dropped) {
  ForeignWriter(json, content, deployment, dropped).write();
}

}  // namespace wye::anthropic
