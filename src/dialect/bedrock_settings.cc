// Bedrock settings: inferenceConfig, and what goes past Converse to the model itself in
// additionalModelRequestFields. Pure.
#include <algorithm>
#include <optional>

#include "dialect/bedrock_write.h"

namespace wye::bedrock {
namespace {

constexpr std::int64_t budget_min = 1024;

// What the client asks for, in both of the ways that models know.
struct Wanted {
  std::string_view effort;  // "low", "medium", "high", "xhigh", "max"; "" when it is the model's
  std::int64_t budget = 0;
};

std::string_view effort_of(std::int64_t budget) {
  if (budget <= 2048) return "low";
  return budget <= 12000 ? "medium" : "high";
}

std::int64_t budget_of(std::string_view effort) {
  if (effort == "minimal") return budget_min;
  if (effort == "low") return 2048;
  if (effort == "high") return 16384;
  return effort == "xhigh" || effort == "max" ? 32768 : 8192;
}

// Nothing when no thinking is wanted.
std::optional<Wanted> wanted(const ReasoningSettings& reasoning) {
  if (reasoning.enabled == false || reasoning.effort == "none") return std::nullopt;
  Wanted out;
  if (reasoning.budget_tokens) {
    if (*reasoning.budget_tokens <= 0) return std::nullopt;
    out.budget = *reasoning.budget_tokens;
    out.effort = effort_of(out.budget);
  } else if (reasoning.effort.empty() && reasoning.enabled != true) {
    return std::nullopt;
  } else {
    out.budget = budget_of(reasoning.effort);
  }
  if (!reasoning.effort.empty()) out.effort = reasoning.effort;
  if (out.effort == "minimal") out.effort = "low";
  return out;
}

// Claude with a budget demands its own signed thought in front of the calls that are being
// answered. Through clients that cannot carry it, it is lost, and then there can be no more
// thinking in this turn.
bool lost_thought(const Content& content) {
  bool answering = false;
  for (auto message = content.messages.rbegin(); message != content.messages.rend(); ++message) {
    for (const Part& part : message->parts) {
      if (std::holds_alternative<ToolResult>(part.body)) answering = true;
    }
    if (message->role != Role::assistant) continue;
    if (!answering || message->parts.empty()) return false;
    const auto thought =
        std::find_if(message->parts.begin(), message->parts.end(), [](const Part& part) {
          return std::holds_alternative<Reasoning>(part.body) &&
                 part.signature.maker == to_string(DialectId::bedrock);
        });
    return thought == message->parts.end();
  }
  return false;
}

class SettingsWriter {
 public:
  SettingsWriter(JsonWriter& json, const Writing& writing)
      : json_(json),
        writing_(writing),
        content_(writing.content),
        sampling_(writing.content.sampling),
        traits_(writing.traits) {}

  void write() {
    choose_thinking();
    write_inference();
    write_fields();
  }

 private:
  void choose_thinking() {
    const std::optional<Wanted> want = wanted(content_.reasoning);
    thinking_ = traits_.thinking;
    if (!want) {
      thinking_ = Thinking::none;
      return;
    }
    want_ = *want;
    if (thinking_ == Thinking::either) {
      const bool budget = content_.reasoning.budget_tokens.has_value();
      thinking_ = budget ? Thinking::budget : Thinking::adaptive;
    }
    if (thinking_ == Thinking::budget) fit_budget();
    // Claude cannot think before a call that it is forced to.
    if (traits_.claude && forces_tool(writing_)) thinking_ = Thinking::none;
    if (thinking_ == Thinking::none) writing_.drop("reasoning_effort");
  }

  // The budget is part of the output's limit, and something must be left for the answer.
  void fit_budget() {
    if (content_.output_tokens_max) {
      want_.budget = std::min(want_.budget, *content_.output_tokens_max - 1);
    }
    if (want_.budget < budget_min) thinking_ = Thinking::none;
    if (lost_thought(content_)) thinking_ = Thinking::none;
  }

  bool claude_thinks() const { return traits_.claude && thinking_ != Thinking::none; }

  std::optional<double> temperature() const {
    const std::optional<double>& wish = sampling_.temperature;
    if (!wish) return wish;
    if (!traits_.sampling || (claude_thinks() && *wish != 1)) {
      writing_.drop("temperature");
      return std::nullopt;
    }
    if (*wish > 1) writing_.drop("temperature");  // the scale ends at 1
    return std::min(*wish, 1.0);
  }

  std::optional<double> top_p(bool beside_temperature) const {
    const std::optional<double>& wish = sampling_.top_p;
    if (!wish) return wish;
    const bool refused = !traits_.sampling || (beside_temperature && !traits_.sampling_together) ||
                         (claude_thinks() && *wish < 0.95);
    if (!refused) return wish;
    writing_.drop("top_p");
    return std::nullopt;
  }

  void write_inference() {
    const std::optional<double> heat = temperature(), share = top_p(heat.has_value());
    if (!content_.output_tokens_max && content_.stop.empty() && !heat && !share) return;
    json_.key("inferenceConfig").begin_object();
    if (content_.output_tokens_max) json_.field("maxTokens", *content_.output_tokens_max);
    if (heat) json_.field("temperature", *heat);
    if (share) json_.field("topP", *share);
    if (!content_.stop.empty()) {
      json_.key("stopSequences").begin_array();
      for (const std::string& each : content_.stop) json_.value(each);
      json_.end_array();
    }
    json_.end_object();
  }

  void write_fields() {
    std::string fields;
    JsonWriter json(fields);
    json.begin_object();
    const std::size_t empty = fields.size();
    write_thinking(json);
    write_top_k(json);
    write_parallel(json);
    if (fields.size() == empty) return;
    json.end_object();
    json_.key("additionalModelRequestFields").raw(fields);
  }

  void write_thinking(JsonWriter& json) const {
    switch (thinking_) {
      case Thinking::none:
      case Thinking::either: return;
      case Thinking::budget:
        json.key("thinking").begin_object().field("type", "enabled");
        json.field("budget_tokens", want_.budget).end_object();
        return;
      case Thinking::adaptive: return write_adaptive(json);
      case Thinking::effort: json.field("reasoning_effort", plain_effort()); return;
      case Thinking::config: json.field("reasoning_config", plain_effort()); return;
      case Thinking::nova:
        json.key("reasoningConfig").begin_object().field("type", "enabled");
        json.field("maxReasoningEffort", nova_effort()).end_object();
        return;
    }
  }

  void write_adaptive(JsonWriter& json) const {
    json.key("thinking").begin_object().field("type", "adaptive").end_object();
    if (want_.effort.empty()) return;
    json.key("output_config").begin_object();
    json.field("effort", traits_.effort_max ? want_.effort : plain_effort()).end_object();
  }

  // Three steps are what all models know.
  std::string_view plain_effort() const {
    if (want_.effort == "low" || want_.effort == "medium") return want_.effort;
    return want_.effort.empty() ? "medium" : "high";
  }

  // Nova refuses its highest effort beside any of these.
  std::string_view nova_effort() const {
    const bool limited = content_.output_tokens_max || sampling_.temperature || sampling_.top_p;
    return limited && plain_effort() == "high" ? "medium" : plain_effort();
  }

  void write_top_k(JsonWriter& json) const {
    if (!sampling_.top_k) return;
    if (traits_.top_k == TopK::none || claude_thinks()) return writing_.drop("top_k");
    if (traits_.top_k == TopK::inference_config) {
      json.key("inferenceConfig").begin_object().field("topK", *sampling_.top_k).end_object();
    } else {
      json.field(traits_.top_k == TopK::k ? "k" : "top_k", *sampling_.top_k);
    }
  }

  // Calls in parallel are the habit of all models; only Claude can be told not to.
  void write_parallel(JsonWriter& json) const {
    const ToolChoice& choice = content_.tool_choice;
    if (choice.parallel.value_or(true) || content_.tools.empty()) return;
    if (!traits_.claude || choice.mode == ToolChoice::Mode::none) {
      return writing_.drop("parallel_tool_calls");
    }
    json.key("tool_choice").begin_object();
    const bool named = choice.mode == ToolChoice::Mode::named && choice.names.size() == 1;
    json.field("type", named ? "tool" : forces_tool(writing_) ? "any" : "auto");
    if (named) json.field("name", choice.names.front());
    json.field("disable_parallel_tool_use", true).end_object();
  }

  JsonWriter& json_;
  const Writing& writing_;
  const Content& content_;
  const Sampling& sampling_;
  const ModelTraits& traits_;
  Thinking thinking_ = Thinking::none;
  Wanted want_;
};

}  // namespace

void write_settings(JsonWriter& json, const Writing& writing) {
  SettingsWriter(json, writing).write();
}

}  // namespace wye::bedrock
