// Sim Bedrock: see sim_bedrock.h.
#include "lab/sim_bedrock.h"

#include "lab/sim_dom.h"
#include "wire/event_stream.h"
#include "wire/json.h"

namespace wye::sim_bedrock {
namespace {

using dom::Element;

constexpr std::string_view before_model = "/model/";
constexpr std::string_view whole_end = "/converse";
constexpr std::string_view stream_end = "/converse-stream";

std::string text_in(const Element& object, std::string_view name) {
  return std::string(dom::text(object, name).value_or(""));
}

std::string json_in(const Element& object, std::string_view name) {
  const auto value = dom::get(object, name);
  return value ? simdjson::minify(*value) : std::string();
}

// ':' and '/' of a model's name come escaped.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view three = text.substr(at, 3);
    const bool colon = three == "%3A" || three == "%3a";
    const bool slash = three == "%2F" || three == "%2f";
    out += colon ? ':' : slash ? '/' : text[at];
    if (colon || slash) at += 2;
  }
  return out;
}

void read_parts(const Element& blocks, std::vector<Part>& parts);

void read_part(const Element& block, Part& part) {
  if (const auto call = dom::get(block, "toolUse")) {
    part.body =
        ToolCall{text_in(*call, "toolUseId"), text_in(*call, "name"), json_in(*call, "input")};
  } else if (const auto result = dom::get(block, "toolResult")) {
    ToolResult made;
    made.call_id = text_in(*result, "toolUseId");
    if (const auto inner = dom::get(*result, "content")) read_parts(*inner, made.parts);
    part.body = std::move(made);
  } else if (dom::get(block, "image")) {
    part.body = Image{};
  } else if (dom::get(block, "json")) {
    part.body = Text{json_in(block, "json")};
  } else if (dom::text(block, "text")) {
    part.body = Text{text_in(block, "text")};
  } else {
    part.body = Unknown{};
  }
}

void read_parts(const Element& blocks, std::vector<Part>& parts) {
  const auto list = dom::array(blocks);
  if (!list) return;
  for (const Element block : *list)
    if (!dom::get(block, "cachePoint")) read_part(block, parts.emplace_back());
}

void read_messages(const Element& root, Content& content) {
  if (const auto system = dom::get(root, "system")) {
    Message message;
    message.role = Role::system;
    read_parts(*system, message.parts);
    if (!message.parts.empty()) content.messages.push_back(std::move(message));
  }
  const auto messages = dom::array(root, "messages");
  if (!messages) return;
  for (const Element each : *messages) {
    Message& message = content.messages.emplace_back();
    message.role = text_in(each, "role") == "assistant" ? Role::assistant : Role::user;
    if (const auto blocks = dom::get(each, "content")) read_parts(*blocks, message.parts);
  }
}

void read_choice(const Element& config, ToolChoice& choice) {
  const auto given = dom::get(config, "toolChoice");
  if (!given) return;
  if (dom::get(*given, "any")) choice.mode = ToolChoice::Mode::required;
  const auto named = dom::get(*given, "tool");
  if (!named) return;
  choice.mode = ToolChoice::Mode::named;
  choice.names = {text_in(*named, "name")};
}

void read_tools(const Element& root, Content& content) {
  const auto config = dom::get(root, "toolConfig");
  const auto tools = config ? dom::array(*config, "tools") : std::nullopt;
  if (!tools) return;
  for (const Element each : *tools) {
    const auto spec = dom::get(each, "toolSpec");
    if (!spec) continue;
    Tool& tool = content.tools.emplace_back();
    tool.name = text_in(*spec, "name");
    tool.description = text_in(*spec, "description");
    if (const auto schema = dom::get(*spec, "inputSchema"))
      tool.parameters = json_in(*schema, "json");
  }
  read_choice(*config, content.tool_choice);
}

void read_limits(const Element& root, Content& content) {
  const auto config = dom::get(root, "inferenceConfig");
  if (!config) return;
  content.output_tokens_max = dom::integer(*config, "maxTokens");
  if (const auto stops = dom::array(*config, "stopSequences"))
    for (const Element stop : *stops) content.stop.emplace_back(dom::text(stop).value_or(""));
}

std::string_view stop_reason(FinishReason reason, bool calls) {
  if (calls && reason != FinishReason::length) return "tool_use";
  switch (reason) {
    case FinishReason::length: return "max_tokens";
    case FinishReason::content_filter: return "content_filtered";
    default: return "end_turn";
  }
}

void write_usage(JsonWriter& json, const Usage& usage) {
  json.key("usage").begin_object().field("inputTokens", usage.input);
  json.field("outputTokens", usage.output).field("totalTokens", usage.input + usage.output);
  json.end_object();
}

void write_block(JsonWriter& json, const Part& part) {
  json.begin_object();
  if (const auto* call = std::get_if<ToolCall>(&part.body)) {
    JsonReader reader;
    std::string arguments = call->arguments;
    pad(arguments);
    const bool whole =
        reader.read_object(arguments, [](JsonObject&) { return Result<void>(); }).has_value();
    json.key("toolUse").begin_object().field("toolUseId", call->id).field("name", call->name);
    json.key("input").raw(whole ? std::string_view(call->arguments) : "{}").end_object();
  } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
    json.field("text", declined->text);
  } else if (const auto* text = std::get_if<Text>(&part.body)) {
    json.field("text", text->text);
  }
  json.end_object();
}

class Writer final : public StreamWriter {
 public:
  void write(const Delta& delta, std::string& out) override {
    if (delta.choice != 0) return;
    if (std::holds_alternative<StartDelta>(delta.body)) {
      append_event_stream_event(out, "messageStart", R"({"role":"assistant"})");
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      write_text(text->text, out);
    } else if (const auto* refusal = std::get_if<RefusalDelta>(&delta.body)) {
      write_text(refusal->text, out);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      write_call(*call, out);
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      write_delta(out, [&](JsonWriter& json) {
        json.key("toolUse").begin_object().field("input", arguments->json).end_object();
      });
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      reason_ = finish->reason;
    } else if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    }
  }

  void finish(std::string& out) override {
    close_block(out);
    write_event("messageStop", out,
                [&](JsonWriter& json) { json.field("stopReason", stop_reason(reason_, called_)); });
    write_event("metadata", out, [&](JsonWriter& json) {
      write_usage(json, usage_);
      json.key("metrics").begin_object().field("latencyMs", 1).end_object();
    });
  }

 private:
  template <class Members>
  static void write_event(std::string_view type, std::string& out, Members&& members) {
    std::string payload;
    JsonWriter json(payload);
    json.begin_object();
    members(json);
    json.end_object();
    append_event_stream_event(out, type, payload);
  }

  template <class Members>
  void write_delta(std::string& out, Members&& members) const {
    write_event("contentBlockDelta", out, [&](JsonWriter& json) {
      json.field("contentBlockIndex", index_).key("delta").begin_object();
      members(json);
      json.end_object();
    });
  }

  // Texts are not announced, calls are.
  void write_text(const std::string& text, std::string& out) {
    open_ = true;
    write_delta(out, [&](JsonWriter& json) { json.field("text", text); });
  }

  void write_call(const ToolCallDelta& call, std::string& out) {
    close_block(out);
    open_ = called_ = true;
    write_event("contentBlockStart", out, [&](JsonWriter& json) {
      json.field("contentBlockIndex", index_).key("start").begin_object();
      json.key("toolUse").begin_object().field("toolUseId", call.id).field("name", call.name);
      json.end_object().end_object();
    });
  }

  void close_block(std::string& out) {
    if (!open_) return;
    open_ = false;
    write_event("contentBlockStop", out,
                [&](JsonWriter& json) { json.field("contentBlockIndex", index_); });
    ++index_;
  }

  int index_ = 0;
  bool open_ = false;
  bool called_ = false;
  FinishReason reason_ = FinishReason::stop;
  Usage usage_;
};

}  // namespace

std::optional<InboundRoute> route_of(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const bool known = path.ends_with(whole_end) || path.ends_with(stream_end);
  if (!path.starts_with(before_model) || !known) return std::nullopt;
  return InboundRoute{DialectId::bedrock, Endpoint::chat, path};
}

Result<SimAsk> read_ask(const InboundRoute& route, std::string_view body) {
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS || !root.is_object())
    return fail(FaultKind::bad_request, "Unable to parse the request body.");
  SimAsk made;
  made.ask.dialect = made.content.origin = DialectId::bedrock;
  const std::size_t name_end = route.path.rfind('/');
  made.content.model =
      unescaped(route.path.substr(before_model.size(), name_end - before_model.size()));
  made.content.stream = route.path.ends_with(stream_end);
  read_messages(root, made.content);
  if (made.content.messages.empty())
    return fail(FaultKind::bad_request, "A conversation must start with a user message.");
  read_tools(root, made.content);
  read_limits(root, made.content);
  made.ask.facts.model = made.content.model;
  made.ask.facts.stream = made.content.stream;
  return made;
}

std::string write_answer(const Answer& answer) {
  const Choice& choice = answer.choices.front();
  std::string out;
  JsonWriter json(out);
  bool calls = false;
  json.begin_object().key("output").begin_object().key("message").begin_object();
  json.field("role", "assistant").key("content").begin_array();
  for (const Part& part : choice.parts) {
    calls = calls || std::holds_alternative<ToolCall>(part.body);
    write_block(json, part);
  }
  json.end_array().end_object().end_object().field("stopReason", stop_reason(choice.finish, calls));
  write_usage(json, answer.usage);
  json.key("metrics").begin_object().field("latencyMs", 1).end_object().end_object();
  return out;
}

std::unique_ptr<StreamWriter> open_writer() { return std::make_unique<Writer>(); }

}  // namespace wye::sim_bedrock
