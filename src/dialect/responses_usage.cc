// Responses usage. Pure.
#include "dialect/responses_usage.h"

#include <algorithm>

#include "core/tokens_believed.h"
#include "dialect/json_walk.h"

namespace wye::responses {
namespace {

struct Counts {
  std::int64_t input = -1, output = -1, total = -1;
  std::int64_t cache_read = 0, cache_write = 0, reasoning = 0;
};

void take(std::int64_t& out, JsonValue& value) {
  if (const auto count = walk::integer_if(value)) out = believed_tokens(*count);
}

void read_details(JsonValue& value, Counts& counts) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "cached_tokens") take(counts.cache_read, member.value);
    if (member.key == "cache_write_tokens") take(counts.cache_write, member.value);
    if (member.key == "reasoning_tokens") take(counts.reasoning, member.value);
  });
}

// Where there is a total it tells the truth; the provider's habit decides otherwise.
bool excludes_reasoning(const Counts& counts, bool habit) {
  if (counts.reasoning == 0 || counts.total < 0) return habit;
  if (counts.total == counts.input + counts.output) return false;
  return habit || counts.total == counts.input + counts.output + counts.reasoning;
}

}  // namespace

Usage read_usage(JsonValue& value, bool output_excludes_reasoning) {
  Counts counts;
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    // Gateways in between mix the names of Chat Completions in.
    if (key == "input_tokens" || key == "prompt_tokens") take(counts.input, member.value);
    if (key == "output_tokens" || key == "completion_tokens") take(counts.output, member.value);
    if (key == "total_tokens") take(counts.total, member.value);
    if (key.ends_with("_tokens_details")) read_details(member.value, counts);
  });
  if (counts.input < 0 && counts.output < 0) return {};
  Usage usage;
  usage.source = UsageSource::provider;
  usage.input = std::max<std::int64_t>(counts.input, 0);
  usage.output = std::max<std::int64_t>(counts.output, 0);
  if (excludes_reasoning(counts, output_excludes_reasoning)) usage.output += counts.reasoning;
  usage.reasoning = std::clamp<std::int64_t>(counts.reasoning, 0, usage.output);
  usage.cache_read = std::clamp<std::int64_t>(counts.cache_read, 0, usage.input);
  usage.cache_write =
      std::clamp<std::int64_t>(counts.cache_write, 0, usage.input - usage.cache_read);
  return usage;
}

void write_usage(JsonWriter& json, const Usage& usage) {
  json.begin_object().field("input_tokens", usage.input);
  json.key("input_tokens_details").begin_object().field("cached_tokens", usage.cache_read);
  if (usage.cache_write != 0) json.field("cache_write_tokens", usage.cache_write);
  json.end_object().field("output_tokens", usage.output);
  json.key("output_tokens_details").begin_object();
  json.field("reasoning_tokens", usage.reasoning).end_object();
  json.field("total_tokens", usage.input + usage.output).end_object();
}

void read_ending(std::string_view key, JsonValue& value, Ending& ending) {
  if (key == "status") {
    if (const auto text = walk::string_if(value)) ending.status = *text;
  } else if (key == "incomplete_details") {
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key != "reason") return;
      if (const auto text = walk::string_if(member.value)) ending.incomplete_reason = *text;
    });
  }
}

FinishReason finish_of(const Ending& ending) {
  if (ending.status == "completed" || ending.status.empty()) {
    return ending.calls_tool ? FinishReason::tool_calls : FinishReason::stop;
  }
  if (ending.status == "in_progress" || ending.status == "queued") return FinishReason::none;
  if (ending.status == "failed") return FinishReason::error;
  if (ending.status != "incomplete") return FinishReason::other;
  if (ending.incomplete_reason == "max_output_tokens") return FinishReason::length;
  if (ending.incomplete_reason == "content_filter") return FinishReason::content_filter;
  return FinishReason::other;
}

std::string finish_text_of(const Ending& ending) {
  return ending.incomplete_reason.empty() ? ending.status : ending.incomplete_reason;
}

bool is_client_call(std::string_view item_type) {
  return item_type == "function_call" || item_type == "custom_tool_call" ||
         item_type == "computer_call" || item_type == "local_shell_call" ||
         item_type == "apply_patch_call";
}

Status status_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::length: return {"incomplete", "max_output_tokens"};
    case FinishReason::content_filter: return {"incomplete", "content_filter"};
    case FinishReason::error: return {"failed", ""};
    case FinishReason::none:
    case FinishReason::stop:
    case FinishReason::tool_calls:
    case FinishReason::other: break;
  }
  return {"completed", ""};
}

}  // namespace wye::responses
