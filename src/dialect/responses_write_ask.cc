// Responses write ask: a request of another dialect (or one that was changed) as Responses JSON.
// Pure.
#include <algorithm>
#include <optional>

#include "dialect/foreign.h"
#include "dialect/reserved.h"
#include "dialect/responses.h"
#include "dialect/responses_crossing.h"
#include "dialect/responses_items.h"
#include "dialect/take.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::responses {
namespace {

using take::has_word;

// Said by clients of Chat Completions, and carried here.
bool is_said_otherwise(std::string_view name) {
  return name == "verbosity" || is_openai_member(name);
}

std::string_view effort_of(const ReasoningSettings& reasoning) {
  if (!reasoning.effort.empty()) return reasoning.effort;
  if (reasoning.budget_tokens) {
    // Below 0 it is as much as the model likes.
    return *reasoning.budget_tokens < 0 ? "" : effort_for_budget(*reasoning.budget_tokens);
  }
  return reasoning.enabled && !*reasoning.enabled ? "none" : "";
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Ask& ask, const Deployment& deployment,
            const Provider& provider, std::vector<std::string>& dropped)
      : json_(out),
        content_(content),
        ask_(ask),
        deployment_(deployment),
        provider_(provider),
        dropped_(dropped),
        own_(content.origin == DialectId::openai_responses) {}

  void write() {
    json_.begin_object();
    json_.field("model", deployment_.model);
    write_input();
    write_tools();
    write_choice();
    write_text();
    write_reasoning();
    write_sampling();
    if (!content_.user.empty()) json_.field("user", content_.user);
    if (content_.stream) json_.field("stream", true);
    if (own_) {
      write_own();
    } else {
      write_stateless();
      write_shared();
    }
    json_.end_object();
  }

 private:
  void write_input() {
    const std::vector<Message>& messages = content_.messages;
    std::size_t at = 0;
    if (was(at, "instructions")) json_.field("instructions", text_of(messages[at++].parts));
    if (at == messages.size()) return;  // what the provider keeps is the input
    json_.key("input");
    if (was(at, "input") && at + 1 == messages.size()) {
      json_.value(text_of(messages[at].parts));
      return;
    }
    json_.begin_array();
    for (; at < messages.size(); ++at) {
      if (!messages[at].name.empty()) add_dropped(dropped_, "messages.name");
      write_items(json_, messages[at], own_);
    }
    json_.end_array();
  }

  // Where a message stood in the origin's request.
  bool was(std::size_t at, std::string_view word) const {
    return own_ && at < content_.messages.size() && has_word(content_.messages[at].form, word);
  }

  void write_tools() {
    bool open = false;
    for (const Tool& tool : content_.tools) {
      if (!tool.raw.empty() && !tool.search && !own_) {  // one that the origin runs itself
        add_dropped(dropped_, "tools");
        continue;
      }
      if (!open) json_.key("tools").begin_array();
      open = true;
      write_tool(tool);
    }
    if (open) json_.end_array();
  }

  void write_tool(const Tool& tool) {
    if (tool.search && !own_) return write_responses_search(json_, *tool.search, dropped_);
    if (!tool.raw.empty()) {
      json_.raw(tool.raw);
      return;
    }
    json_.begin_object().field("type", "function").field("name", tool.name);
    if (!tool.description.empty() || has_word(tool.form, "description")) {
      json_.field("description", tool.description);
    }
    if (!tool.parameters.empty()) json_.key("parameters").raw(tool.parameters);
    if (tool.parameters.empty() && !own_) json_.key("parameters").null();
    // Strict is the default here and nowhere else.
    if (tool.strict || !own_) json_.field("strict", tool.strict.value_or(false));
    if (own_) take::write_extra(json_, tool.extra);
    json_.end_object();
  }

  void write_choice() {
    const ToolChoice& choice = content_.tool_choice;
    if (choice.parallel) json_.field("parallel_tool_calls", *choice.parallel);
    if (!choice.raw.empty()) {
      if (own_) json_.key("tool_choice").raw(choice.raw);
      return;
    }
    switch (choice.mode) {
      case ToolChoice::Mode::unset: return;
      case ToolChoice::Mode::automatic: json_.field("tool_choice", "auto"); return;
      case ToolChoice::Mode::none: json_.field("tool_choice", "none"); return;
      case ToolChoice::Mode::required: json_.field("tool_choice", "required"); return;
      case ToolChoice::Mode::named: return write_named(choice);
    }
  }

  void write_named(const ToolChoice& choice) {
    const bool one = choice.names.size() == 1 && choice.form != "allowed_tools";
    json_.key("tool_choice").begin_object();
    if (one) {
      json_.field("type", "function").field("name", choice.names.front());
    } else {
      json_.field("type", "allowed_tools").field("mode", "required");
      json_.key("tools").begin_array();
      for (const std::string& name : choice.names) {
        json_.begin_object().field("type", "function").field("name", name).end_object();
      }
      json_.end_array();
    }
    json_.end_object();
  }

  void write_text() {
    const OutputFormat& format = content_.output;
    const std::string* verbosity = own_ ? nullptr : find_extra(content_.extra, "verbosity");
    const bool others = own_ && take::has_extra(content_.extra, "text");
    const bool formatted =
        format.kind != OutputFormat::Kind::unset || (own_ && !format.raw.empty());
    if (!formatted && !others && verbosity == nullptr) return;
    json_.key("text").begin_object();
    if (formatted) {
      json_.key("format");
      format.kind == OutputFormat::Kind::unset ? (void)json_.raw(format.raw) : write_format(format);
    }
    if (verbosity != nullptr) json_.key("verbosity").raw(*verbosity);
    if (others) take::write_extra(json_, content_.extra, "text");
    json_.end_object();
  }

  void write_format(const OutputFormat& format) {
    json_.begin_object();
    if (format.kind == OutputFormat::Kind::text) json_.field("type", "text");
    if (format.kind == OutputFormat::Kind::json_object) json_.field("type", "json_object");
    if (format.kind == OutputFormat::Kind::json_schema) write_schema(format);
    if (own_) take::write_extra(json_, format.extra);
    json_.end_object();
  }

  void write_schema(const OutputFormat& format) {
    json_.field("type", "json_schema");
    // A name is demanded here, and other dialects have none.
    if (!format.name.empty() || !own_) {
      json_.field("name", format.name.empty() ? std::string_view("answer") : format.name);
    }
    if (!format.description.empty()) json_.field("description", format.description);
    if (!format.schema.empty()) json_.key("schema").raw(format.schema);
    if (format.strict) json_.field("strict", *format.strict);
  }

  void write_reasoning() {
    const ReasoningSettings& reasoning = content_.reasoning;
    const std::string_view effort = effort_of(reasoning);
    const bool on = reasoning.enabled == true || reasoning.budget_tokens.value_or(0) < 0;
    if (effort.empty() && on && !own_) add_dropped(dropped_, "reasoning_effort");
    std::string_view summary = reasoning.summary;
    // Summaries are the only thoughts that are shown here.
    if (summary.empty() && !own_ && reasoning.include.value_or(false)) summary = "auto";
    const bool others = own_ && (!reasoning.extra.empty() || reasoning.form == "reasoning");
    if (effort.empty() && summary.empty() && !others) return;
    json_.key("reasoning").begin_object();
    if (!effort.empty()) json_.field("effort", effort);
    if (!summary.empty()) json_.field("summary", summary);
    if (own_) take::write_extra(json_, reasoning.extra);
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
    write_limit();
    write_if("top_logprobs", content_.top_logprobs);
    drop_settings(content_,
                  {Setting::presence_penalty, Setting::frequency_penalty, Setting::seed,
                   Setting::top_k, Setting::min_p, Setting::cache_marks, Setting::hidden_thoughts},
                  dropped_);
  }

  // Less is refused there, and a client that wants one token can live with sixteen.
  void write_limit() {
    constexpr std::int64_t smallest = 16;
    if (!content_.output_tokens_max) return;
    const std::int64_t wanted = *content_.output_tokens_max;
    json_.field("max_output_tokens", own_ ? wanted : std::max(wanted, smallest));
  }

  // Who may serve a request, and who may keep it, is the policy's choice; silence asks for it to be
  // kept.
  void write_own() {
    if (ask_.zdr) json_.field(store_member, false);
    take::write_extra(json_, permitted(content_.extra, ask_, provider_, dropped_));
  }

  // Clients of other dialects send the whole conversation, so nothing needs to be kept for them,
  // unless they say so and it may be, and thoughts have to travel with it.
  void write_stateless() {
    const std::string* store =
        content_.origin == DialectId::openai ? find_extra(content_.extra, store_member) : nullptr;
    const bool wanted = store != nullptr && *store == "true";
    if (wanted && ask_.zdr) add_dropped(dropped_, store_member);
    json_.field(store_member, wanted && !ask_.zdr);
    const bool thinks = thinks_of_itself();
    const bool logprobs = content_.logprobs.value_or(false);
    if (!thinks && !logprobs) return;
    json_.key("include").begin_array();
    if (thinks) json_.value("reasoning.encrypted_content");
    if (logprobs) json_.value("message.output_text.logprobs");
    json_.end_array();
  }

  // Models that do not reason refuse to be asked for encrypted thoughts.
  bool thinks_of_itself() const {
    const std::string_view effort = effort_of(content_.reasoning);
    if (effort == "none") return false;
    if (!effort.empty() || content_.reasoning.enabled.value_or(false)) return true;
    for (const Message& message : content_.messages) {
      for (const Part& part : message.parts) {
        if (!part.signature.empty() && part.signature.maker == own_name) return true;
      }
    }
    return false;
  }

  void write_shared() {
    if (content_.origin != DialectId::openai) return drop_extra(content_, dropped_);
    for (const ExtraMember& member : content_.extra) {
      const bool written = member.name == store_member || member.json == "null";
      if (is_openai_member(member.name) && !written) json_.key(member.name).raw(member.json);
    }
    drop_extra(content_, dropped_, is_said_otherwise);
  }

  JsonWriter json_;
  const Content& content_;
  const Ask& ask_;
  const Deployment& deployment_;
  const Provider& provider_;
  std::vector<std::string>& dropped_;
  bool own_;
};

}  // namespace

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider) {
  if (content.endpoint != Endpoint::chat) {
    return fail(FaultKind::bad_request, "The Responses API serves chat only.");
  }
  if (Result<void> may = may_come(content); !may) return fail(std::move(may.error()));
  ProviderRequest request;
  request.path = path_of(provider);
  request.stream = content.stream;
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  AskWriter(body, content, ask, deployment, provider, request.dropped).write();
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::responses
