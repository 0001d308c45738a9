// Drill request: facts to a body of that size and with those needs. See drill_request.h.
#include "lab/drill_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/json.h"
#include "wire/token_estimate.h"

namespace wye {
namespace {

constexpr std::string_view filler = "The notes of the last week follow, one line for each day. ";
// Conversations are told apart by their first bytes; what comes later may differ.
constexpr std::size_t prefix_bytes = 600;
constexpr std::string_view instruction = "Answer briefly.";
constexpr std::string_view beginning = "So";
constexpr std::string_view some_base64 = "iVBORw0KGgo=";

std::int64_t tokens_beside_text(const AskFacts& ask) {
  std::int64_t tokens = tokens_a_request + tokens_a_message;
  if (ask.needs.has(Ability::system)) tokens += tokens_a_message + 4;
  if (ask.needs.has(Ability::prefill)) tokens += tokens_a_message + 1;
  if (ask.needs.has(Ability::images)) tokens += tokens_an_image;
  if (ask.needs.has(Ability::documents)) tokens += tokens_a_document;
  return tokens;
}

// So long that the request is estimated as it was, and the same beginning for the same
// conversation.
std::string text_of_size(const AskFacts& ask, std::uint64_t number) {
  const std::int64_t tokens = std::max<std::int64_t>(ask.input_tokens - tokens_beside_text(ask), 1);
  const auto bytes = static_cast<std::size_t>(tokens * bytes_per_token);
  std::string text = fmt::format("{:x} ", ask.prefix_hash != 0 ? ask.prefix_hash : number);
  while (text.size() < bytes) text += filler;
  text.resize(bytes);
  const std::string tail = fmt::format(" no. {}", number);
  if (bytes >= prefix_bytes + tail.size()) text.replace(bytes - tail.size(), tail.size(), tail);
  return text;
}

void write_part(JsonWriter& json, const char* type, const auto& write_member) {
  json.begin_object().field("type", type).key(type);
  write_member();
  json.end_object();
}

void write_parts(JsonWriter& json, const AskFacts& ask, std::string_view text) {
  json.begin_array();
  json.begin_object().field("type", "text").field("text", text).end_object();
  if (ask.needs.has(Ability::images)) {
    write_part(json, "image_url", [&] {
      json.begin_object().field("url", fmt::format("data:image/png;base64,{}", some_base64));
      json.end_object();
    });
  }
  if (ask.needs.has(Ability::documents)) {
    write_part(json, "file", [&] {
      json.begin_object().field("filename", "notes.pdf");
      json.field("file_data", fmt::format("data:application/pdf;base64,{}", some_base64));
      json.end_object();
    });
  }
  if (ask.needs.has(Ability::audio_in)) {
    write_part(json, "input_audio", [&] {
      json.begin_object().field("data", some_base64).field("format", "wav").end_object();
    });
  }
  json.end_array();
}

void write_message(JsonWriter& json, std::string_view role, std::string_view text) {
  json.begin_object().field("role", role).field("content", text).end_object();
}

void write_messages(JsonWriter& json, const AskFacts& ask, std::string_view text) {
  const bool media = ask.needs.has(Ability::images) || ask.needs.has(Ability::documents) ||
                     ask.needs.has(Ability::audio_in);
  json.key("messages").begin_array();
  if (ask.needs.has(Ability::system)) write_message(json, "system", instruction);
  if (media) {
    json.begin_object().field("role", "user").key("content");
    write_parts(json, ask, text);
    json.end_object();
  } else {
    write_message(json, "user", text);
  }
  if (ask.needs.has(Ability::prefill)) write_message(json, "assistant", beginning);
  json.end_array();
}

constexpr std::string_view any_object =
    R"({"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"]})";

void write_format(JsonWriter& json, const AskFacts& ask) {
  if (ask.needs.has(Ability::json_schema)) {
    json.key("response_format").begin_object().field("type", "json_schema").key("json_schema");
    json.begin_object().field("name", "answer").key("schema").raw(any_object).end_object();
    json.end_object();
  } else if (ask.needs.has(Ability::json_object)) {
    json.key("response_format").begin_object().field("type", "json_object").end_object();
  }
}

void write_tools(JsonWriter& json, const AskFacts& ask) {
  if (!ask.needs.has(Ability::tools) && !ask.needs.has(Ability::parallel_tools)) return;
  json.key("tools").begin_array().begin_object().field("type", "function").key("function");
  json.begin_object().field("name", "look_up").key("parameters").raw(any_object).end_object();
  json.end_object().end_array();
  if (ask.needs.has(Ability::parallel_tools)) json.field("parallel_tool_calls", true);
}

void write_metadata(JsonWriter& json, const AskFacts& ask) {
  if (ask.task_metadata.empty() && ask.metadata.empty()) return;
  json.key("metadata").begin_object();
  bool has_task = false;
  for (const auto& [name, value] : ask.metadata) {
    has_task = has_task || name == "task";
    json.field(name, value);
  }
  if (!has_task && !ask.task_metadata.empty()) json.field("task", ask.task_metadata);
  json.end_object();
}

void write_settings(JsonWriter& json, const AskFacts& ask) {
  if (ask.stream) json.field("stream", true);
  if (ask.output_tokens_max >= 0) json.field("max_tokens", ask.output_tokens_max);
  if (ask.choices > 1) json.field("n", ask.choices);
  if (ask.needs.has(Ability::seed)) json.field("seed", 7);
  if (ask.needs.has(Ability::stop)) json.key("stop").begin_array().value("\x03").end_array();
  if (ask.needs.has(Ability::logprobs)) json.field("logprobs", true);
  if (ask.needs.has(Ability::reasoning)) json.field("reasoning_effort", "low");
  if (ask.user_hash != 0) json.field("user", fmt::format("{:x}", ask.user_hash));
  write_format(json, ask);
  write_tools(json, ask);
  write_metadata(json, ask);
}

std::string body_of_facts(const AskFacts& ask, std::uint64_t number) {
  const std::string text = text_of_size(ask, number);
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("model", ask.model);
  if (ask.endpoint == Endpoint::embeddings) {
    json.field("input", text);
  } else {
    write_messages(json, ask, text);
    write_settings(json, ask);
  }
  json.end_object();
  return body;
}

std::vector<std::pair<std::string, std::string>> headers_of(const AskFacts& ask) {
  std::vector<std::pair<std::string, std::string>> headers;
  const auto add = [&](const char* name, std::string value) {
    headers.emplace_back(name, std::move(value));
  };
  if (!ask.task_header.empty()) add("x-wye-task", ask.task_header);
  if (!ask.tags.empty()) add("x-wye-tags", fmt::format("{}", fmt::join(ask.tags, ",")));
  if (ask.no_fallback) add("x-wye-no-fallback", "1");
  if (ask.timeout_ms > 0) add("x-wye-timeout-ms", std::to_string(ask.timeout_ms));
  if (ask.max_cost_nanousd >= 0) add("x-wye-max-cost-usd", format_usd(ask.max_cost_nanousd));
  return headers;
}

}  // namespace

bool can_play(const AskFacts& ask) {
  return ask.endpoint == Endpoint::chat || ask.endpoint == Endpoint::responses ||
         ask.endpoint == Endpoint::embeddings;
}

std::string drill_secret(std::string_view key) { return fmt::format("drill-{}", key); }

Wish drill_wish(const AskFacts& ask, std::uint64_t number) {
  Wish wish;
  wish.stream = ask.stream;
  wish.key = ask.key.empty() ? std::string() : drill_secret(ask.key);
  wish.headers = headers_of(ask);
  wish.raw_body = body_of_facts(ask, number);
  if (ask.endpoint == Endpoint::embeddings) wish.raw_target = "/v1/embeddings";
  return wish;
}

RulesPtr drill_rules(const Rules& rules) {
  auto made = std::make_shared<Rules>(rules);
  for (Provider& provider : made->providers) {
    provider.base_url.tls = false;
    provider.base_url.port = 80;
    // Two accounts at one vendor are two providers, and have troubles of their own.
    provider.base_url.host = provider.name + ".sim";
    provider.hosting = Hosting::own;
    provider.auth = Auth::bearer;
    provider.api_key = "drill";
    provider.google.reset();
    provider.ca_file.clear();
  }
  for (Key& key : made->keys) key.hash = sha256(drill_secret(key.name));
  made->index_names();
  return made;
}

}  // namespace wye
