// OpenAI write ask: a request of another dialect (or one that was changed) as OpenAI's JSON. Pure.
#include "dialect/openai.h"
#include "dialect/openai_habits.h"
#include "dialect/openai_parts.h"
#include "dialect/writing.h"

namespace wye::openai {
namespace {

// A message of a user may hold answers of tools among its parts (Anthropic, Bedrock, Gemini); here
// each of them is a message of its own, and they come first.
bool holds_tool_results(const Message& message) {
  for (const Part& part : message.parts) {
    if (std::holds_alternative<ToolResult>(part.body)) {
      return message.role != Role::tool || message.parts.size() > 1;
    }
  }
  return false;
}

bool is_text(const Part& part) {
  return std::holds_alternative<Text>(part.body) || std::holds_alternative<Declined>(part.body);
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Ask& ask, const Deployment& deployment,
            const Provider& provider)
      : json_(out),
        content_(content),
        ask_(ask),
        deployment_(deployment),
        provider_(provider),
        options_{
            .own = content.origin == DialectId::openai,
            .cache_control = content.origin == DialectId::openai || provider.kind == "openrouter",
            .reasoning = content.origin == DialectId::openai} {}

  void write() {
    json_.begin_object();
    json_.field("model", deployment_.model);
    content_.endpoint == Endpoint::embeddings ? write_embeddings() : write_chat();
    write_user();
    options_.own ? write_extra(json_, content_.extra) : add_dropped(dropped, content_.extra);
    json_.end_object();
  }

  std::vector<std::string> dropped;

 private:
  void write_user() {
    if (content_.user.empty()) return;
    provider_.habits.user ? void(json_.field("user", content_.user)) : add_dropped(dropped, "user");
  }

  void write_chat() {
    json_.key("messages").begin_array();
    for (const Message& message : content_.messages) write_turn(message);
    json_.end_array();
    write_tools("tools", false);
    write_tools("functions", true);
    write_choice();
    write_format();
    write_reasoning();
    write_sampling();
    write_stop();
    if (content_.stream) write_stream();
  }

  void write_one(const Message& message) {
    json_.begin_object();
    if (fits(message, provider_.habits)) {
      write_message(json_, message, options_);
    } else {
      write_message(json_, fitted(message, provider_.habits), options_);
    }
    if (shall_be_continued(message)) json_.field(provider_.habits.prefix_flag, true);
    json_.end_object();
  }

  // The answer of such a provider goes on from a last turn of the model's own, if that is asked
  // for.
  bool shall_be_continued(const Message& message) const {
    const std::string& flag = provider_.habits.prefix_flag;
    return !flag.empty() && &message == &content_.messages.back() &&
           message.role == Role::assistant && find_extra(message.extra, flag) == nullptr;
  }

  void write_turn(const Message& message) {
    if (!holds_tool_results(message)) return write_one(message);
    Message rest;
    rest.role = Role::user;
    for (const Part& part : message.parts) {
      const auto* result = std::get_if<ToolResult>(&part.body);
      if (result == nullptr) {
        rest.parts.push_back(part);
        continue;
      }
      // Only text may answer a tool here; the user shows the rest.
      Message answer;
      answer.role = Role::tool;
      ToolResult texts{.call_id = result->call_id, .name = {}, .parts = {}};
      std::vector<Part> others;
      for (const Part& each : result->parts) (is_text(each) ? texts.parts : others).push_back(each);
      rest.parts.insert(rest.parts.begin(), others.begin(), others.end());
      if (texts.parts.empty()) texts.parts.emplace_back().body = Text{};
      answer.parts.emplace_back().body = std::move(texts);
      write_one(answer);
    }
    if (!rest.parts.empty()) write_one(rest);
  }

  void write_tools(std::string_view name, bool old) {
    bool open = false;
    for (const Tool& tool : content_.tools) {
      if (has_word(tool.form, "functions") != old) continue;
      if (!tool.raw.empty() && !options_.own) {  // a tool of the origin's own
        add_dropped(dropped, "tools");
        continue;
      }
      if (!open) json_.key(name).begin_array();
      open = true;
      write_tool(tool, old);
    }
    if (open) json_.end_array();
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
      if (options_.own) write_extra(json_, tool.extra, "function");
      json_.end_object();
    }
    if (options_.own) write_extra(json_, tool.extra);
    json_.end_object();
  }

  void write_choice() {
    const ToolChoice& choice = content_.tool_choice;
    if (choice.parallel) json_.field("parallel_tool_calls", *choice.parallel);
    if (!choice.raw.empty() && options_.own) json_.key("tool_choice").raw(choice.raw);
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

  void write_format() {
    const OutputFormat& format = content_.output;
    if (!format.raw.empty() && options_.own) json_.key("response_format").raw(format.raw);
    if (format.kind == OutputFormat::Kind::unset) return;
    json_.key("response_format").begin_object();
    if (format.kind == OutputFormat::Kind::text) json_.field("type", "text");
    if (format.kind == OutputFormat::Kind::json_object) json_.field("type", "json_object");
    if (format.kind == OutputFormat::Kind::json_schema) write_schema(format);
    if (options_.own) write_extra(json_, format.extra);
    json_.end_object();
  }

  void write_schema(const OutputFormat& format) {
    json_.field("type", "json_schema").key("json_schema").begin_object();
    // OpenAI demands a name, other dialects have none.
    if (!format.name.empty() || !options_.own) {
      json_.field("name", format.name.empty() ? std::string_view("answer") : format.name);
    }
    if (!format.description.empty()) json_.field("description", format.description);
    if (!format.schema.empty()) json_.key("schema").raw(format.schema);
    if (format.strict) json_.field("strict", *format.strict);
    if (options_.own) write_extra(json_, format.extra, "json_schema");
    json_.end_object();
  }

  void write_reasoning() {
    const ReasoningSettings& reasoning = content_.reasoning;
    if (reasoning.form == "reasoning" || reasoning.form == "thinking") {
      return write_reasoning_object(reasoning);
    }
    const ChatHabits& habits = provider_.habits;
    if (!reasoning.effort.empty()) {
      json_.field("reasoning_effort", fitting_effort(reasoning.effort, habits));
    } else if (reasoning.budget_tokens) {
      json_.field("reasoning_effort", fitting_effort(effort_of(*reasoning.budget_tokens), habits));
    }
  }

  // Budgets have no place here; these are the steps that others use for the same purpose.
  static std::string_view effort_of(std::int64_t budget_tokens) {
    if (budget_tokens <= 0) return "none";
    if (budget_tokens <= 2048) return "low";
    return budget_tokens <= 12000 ? "medium" : "high";
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

  template <class T>
  void write_if(std::string_view name, const std::optional<T>& value) {
    if (value) json_.field(name, *value);
  }

  void write_sampling() {
    const Sampling& sampling = content_.sampling;
    write_if("temperature", sampling.temperature);
    write_if("top_p", sampling.top_p);
    write_if("presence_penalty", sampling.presence_penalty);
    write_if("frequency_penalty", sampling.frequency_penalty);
    write_if(provider_.habits.random_seed ? "random_seed" : "seed", sampling.seed);
    // Not OpenAI's own; others refuse or ignore what they do not know.
    if (options_.own) {
      write_if("top_k", sampling.top_k);
      write_if("min_p", sampling.min_p);
    } else {
      if (sampling.top_k) add_dropped(dropped, "top_k");
      if (sampling.min_p) add_dropped(dropped, "min_p");
    }
    write_if(limit_name(), content_.output_tokens_max);
    write_if("n", content_.choices);
    write_if("logprobs", content_.logprobs);
    write_if("top_logprobs", content_.top_logprobs);
  }

  // OpenAI's reasoning models refuse the old name, many others know no other.
  std::string_view limit_name() const {
    const OutputLimit limit = provider_.habits.output_limit;
    if (options_.own && limit != OutputLimit::max_tokens) {
      return content_.output_tokens_form.empty() ? "max_completion_tokens" : "max_tokens";
    }
    return limit == OutputLimit::max_completion_tokens ? "max_completion_tokens" : "max_tokens";
  }

  void write_stop() {
    if (content_.stop.empty()) return;
    json_.key("stop");
    if (content_.stop_form == "single") {
      json_.value(content_.stop.front());
      return;
    }
    json_.begin_array();
    for (const std::string& each : content_.stop) json_.value(each);
    json_.end_array();
  }

  void write_stream() {
    json_.field("stream", true);
    if (!provider_.habits.stream_options) return;
    const bool usage = provider_.stream_usage == StreamUsage::option || ask_.client_wants_usage;
    const bool others = options_.own && has_extra(content_.extra, "stream_options");
    if (!usage && !others) return;
    json_.key("stream_options").begin_object();
    if (usage) json_.field("include_usage", true);
    if (others) write_extra(json_, content_.extra, "stream_options");
    json_.end_object();
  }

  void write_embeddings() {
    const EmbeddingInput& input = content_.embedding;
    if (!input.items.empty()) {
      json_.key("input");
      if (!input.single) json_.begin_array();
      for (const EmbeddingItem& item : input.items) write_item(item);
      if (!input.single) json_.end_array();
    }
    write_if("dimensions", input.dimensions);
    if (!input.encoding.empty()) json_.field("encoding_format", input.encoding);
  }

  void write_item(const EmbeddingItem& item) {
    if (const auto* text = std::get_if<std::string>(&item)) {
      json_.value(*text);
    } else if (const auto* tokens = std::get_if<std::vector<std::int64_t>>(&item)) {
      json_.begin_array();
      for (const std::int64_t token : *tokens) json_.value(token);
      json_.end_array();
    } else {
      json_.value(text_of(std::get<std::vector<Part>>(item)));
    }
  }

  JsonWriter json_;
  const Content& content_;
  const Ask& ask_;
  const Deployment& deployment_;
  const Provider& provider_;
  WriteOptions options_;
};

}  // namespace

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider) {
  ProviderRequest request;
  request.path = path_of(content.endpoint, deployment, provider);
  request.stream = content.stream;
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  AskWriter writer(body, content, ask, deployment, provider);
  writer.write();
  request.dropped = std::move(writer.dropped);
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::openai
