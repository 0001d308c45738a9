// Cohere usage. Pure.
#include "dialect/cohere_usage.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "dialect/json_walk.h"

namespace wye::cohere {
namespace {

struct Counts {
  std::int64_t input = -1, output = -1, images = 0, reasoning = 0;
};

void read_counts(JsonValue& value, Counts& counts) {
  walk::members_if(value, [&](walk::Member& member) {
    const auto count = walk::integer_if(member.value);
    if (!count) return;
    if (member.key == "input_tokens") counts.input = *count;
    if (member.key == "output_tokens") counts.output = *count;
    if (member.key == "image_tokens") counts.images = *count;
    if (member.key == "reasoning_tokens") counts.reasoning = *count;
  });
}

constexpr std::pair<std::string_view, FinishReason> finish_words[]{
    {"COMPLETE", FinishReason::stop},
    {"STOP_SEQUENCE", FinishReason::stop},
    {"MAX_TOKENS", FinishReason::length},
    {"TOOL_CALL", FinishReason::tool_calls},
    {"ERROR", FinishReason::error},
    {"TIMEOUT", FinishReason::error},
    {"ERROR_TOXIC", FinishReason::content_filter},
    {"ERROR_LIMIT", FinishReason::length},
};

}  // namespace

Usage read_usage(JsonValue& value) {
  Counts billed, seen;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "billed_units") read_counts(member.value, billed);
    if (member.key == "tokens") read_counts(member.value, seen);
  });
  const bool has_billed = billed.input >= 0 || billed.output >= 0 || billed.images > 0;
  const Counts& counts = has_billed ? billed : seen;
  Usage usage;
  if (counts.input < 0 && counts.output < 0 && counts.images == 0) return usage;
  usage.input = std::max<std::int64_t>(counts.input, 0) + std::max<std::int64_t>(counts.images, 0);
  usage.output = std::max<std::int64_t>(counts.output, 0);
  usage.reasoning = std::clamp<std::int64_t>(seen.reasoning, 0, usage.output);
  usage.source = UsageSource::provider;
  return usage;
}

void write_usage(JsonWriter& json, const Usage& usage) {
  json.begin_object().key("billed_units").begin_object();
  json.field("input_tokens", usage.input).field("output_tokens", usage.output).end_object();
  json.key("tokens").begin_object().field("input_tokens", usage.input);
  json.field("output_tokens", usage.output);
  if (usage.reasoning > 0) json.field("reasoning_tokens", usage.reasoning);
  json.end_object();
  if (usage.cache_read > 0) json.field("cached_tokens", usage.cache_read);
  json.end_object();
}

FinishReason finish_reason_from(std::string_view word) {
  for (const auto& [name, reason] : finish_words) {
    if (name == word) return reason;
  }
  return FinishReason::other;
}

std::string_view finish_word(FinishReason reason) {
  switch (reason) {
    case FinishReason::length: return "MAX_TOKENS";
    case FinishReason::tool_calls: return "TOOL_CALL";
    case FinishReason::error: return "ERROR";
    case FinishReason::none:
    case FinishReason::stop:
    case FinishReason::content_filter:
    case FinishReason::other: break;
  }
  return "COMPLETE";
}

}  // namespace wye::cohere
