// Writing what a decision knew of the request.
#include "core/json_fields.h"
#include "core/record.h"

namespace wye {
namespace {

void write_needs(JsonWriter& json, Abilities needs) {
  if (needs.empty()) return;
  json.key("needs");
  json.begin_array();
  for (int i = 0; i < ability_count; ++i) {
    const auto ability = static_cast<Ability>(i);
    if (needs.has(ability)) json.value(to_string(ability));
  }
  json.end_array();
}

void write_tags(JsonWriter& json, const std::vector<std::string>& tags) {
  if (tags.empty()) return;
  json.key("tags");
  json.begin_array();
  for (const std::string& tag : tags) json.value(std::string_view(tag));
  json.end_array();
}

// A list of pairs, since a client may give a key twice and the first one counts.
void write_metadata(JsonWriter& json, const AskFacts& ask) {
  if (ask.metadata.empty()) return;
  json.key("metadata");
  json.begin_array();
  for (const auto& [key, value] : ask.metadata) {
    json.begin_array();
    json.value(std::string_view(key));
    json.value(std::string_view(value));
    json.end_array();
  }
  json.end_array();
}

}  // namespace

void write_ask_json(const AskFacts& ask, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("endpoint", to_string(ask.endpoint));
  field_unless_empty(json, "model", ask.model);
  field_unless_empty(json, "task_header", ask.task_header);
  field_unless_empty(json, "task_metadata", ask.task_metadata);
  field_unless_empty(json, "key", ask.key);
  field_unless_empty(json, "team", ask.team);
  write_needs(json, ask.needs);
  json.field("input_tokens", ask.input_tokens);
  field_unless(json, "output_tokens_max", ask.output_tokens_max, std::int64_t{-1});
  field_unless(json, "choices", ask.choices, 1);
  field_if(json, "stream", ask.stream);
  field_if(json, "no_fallback", ask.no_fallback);
  field_unless(json, "max_cost_nanousd", ask.max_cost_nanousd, NanoUsd{-1});
  field_unless(json, "timeout_ms", ask.timeout_ms, DurationMs{0});
  if (ask.user_hash != 0) field_hex(json, "user_hash", ask.user_hash);
  if (ask.prefix_hash != 0) field_hex(json, "prefix_hash", ask.prefix_hash);
  field_unless_empty(json, "maker", ask.maker);
  write_tags(json, ask.tags);
  write_metadata(json, ask);
  json.end_object();
}

}  // namespace wye
