// Gemini usage and finish reasons. Pure.
#include "dialect/gemini_usage.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dialect/gemini_fields.h"

namespace wye::gemini {
namespace {

struct Counts {
  std::optional<std::int64_t> prompt, candidates, thoughts, tool_prompt, cached, total;
};

void read_count(walk::Member& member, Counts& counts) {
  const std::string_view key = member.key;
  if (is_field(key, "promptTokenCount")) counts.prompt = integer_of(member.value);
  if (is_field(key, "candidatesTokenCount")) counts.candidates = integer_of(member.value);
  if (is_field(key, "thoughtsTokenCount")) counts.thoughts = integer_of(member.value);
  if (is_field(key, "toolUsePromptTokenCount")) counts.tool_prompt = integer_of(member.value);
  if (is_field(key, "cachedContentTokenCount")) counts.cached = integer_of(member.value);
  if (is_field(key, "totalTokenCount")) counts.total = integer_of(member.value);
}

std::int64_t at_least_zero(const std::optional<std::int64_t>& count) {
  return std::max<std::int64_t>(count.value_or(0), 0);
}

// The words of both of Google's interfaces; those that begin with IMAGE_ or NO_IMAGE are below.
constexpr std::array<std::pair<std::string_view, FinishReason>, 16> finish_words{{
    {"STOP", FinishReason::stop},
    {"MAX_TOKENS", FinishReason::length},
    {"SAFETY", FinishReason::content_filter},
    {"RECITATION", FinishReason::content_filter},
    {"LANGUAGE", FinishReason::content_filter},
    {"BLOCKLIST", FinishReason::content_filter},
    {"PROHIBITED_CONTENT", FinishReason::content_filter},
    {"SPII", FinishReason::content_filter},
    {"MODEL_ARMOR", FinishReason::content_filter},
    {"ESCALATION", FinishReason::content_filter},
    {"MALFORMED_FUNCTION_CALL", FinishReason::error},
    {"UNEXPECTED_TOOL_CALL", FinishReason::error},
    {"TOO_MANY_TOOL_CALLS", FinishReason::error},
    {"MISSING_THOUGHT_SIGNATURE", FinishReason::error},
    {"MALFORMED_RESPONSE", FinishReason::error},
    {"FINISH_REASON_UNSPECIFIED", FinishReason::none},
}};

FinishReason reason_of(std::string_view word) {
  for (const auto& [name, reason] : finish_words) {
    if (name == word) return reason;
  }
  return word.starts_with("IMAGE_") ? FinishReason::content_filter : FinishReason::other;
}

// Beyond these the two interfaces number their reasons differently.
FinishReason reason_of(std::int64_t number) {
  switch (number) {
    case 0: return FinishReason::none;
    case 1: return FinishReason::stop;
    case 2: return FinishReason::length;
    case 3:
    case 4: return FinishReason::content_filter;
    default: return FinishReason::other;
  }
}

}  // namespace

Usage read_usage(JsonValue& value) {
  Counts counts;
  walk::members_if(value, [&](walk::Member& member) { read_count(member, counts); });
  if (!counts.prompt && !counts.candidates && !counts.total) return {};
  Usage usage;
  usage.source = UsageSource::provider;
  usage.input = at_least_zero(counts.prompt) + at_least_zero(counts.tool_prompt);
  usage.reasoning = at_least_zero(counts.thoughts);
  usage.output = at_least_zero(counts.candidates) + usage.reasoning;
  usage.cache_read = std::min(at_least_zero(counts.cached), usage.input);
  return usage;
}

void write_usage(JsonWriter& json, const Usage& usage) {
  json.begin_object().field("promptTokenCount", usage.input);
  if (usage.cache_read != 0) json.field("cachedContentTokenCount", usage.cache_read);
  json.field("candidatesTokenCount", usage.output - usage.reasoning);
  if (usage.reasoning != 0) json.field("thoughtsTokenCount", usage.reasoning);
  json.field("totalTokenCount", usage.input + usage.output).end_object();
}

Finish read_finish(JsonValue& value, bool called) {
  Finish out;
  if (const auto word = walk::string_if(value)) {
    out.text = *word;
    out.reason = word->empty() ? FinishReason::none : reason_of(*word);
  } else if (const auto number = walk::integer_if(value)) {
    out.text = std::to_string(*number);
    out.number = true;
    out.reason = reason_of(*number);
  }
  if (out.reason == FinishReason::stop && called) out.reason = FinishReason::tool_calls;
  return out;
}

std::string_view finish_word(FinishReason reason) {
  switch (reason) {
    case FinishReason::none:
    case FinishReason::stop:
    case FinishReason::tool_calls: return "STOP";
    case FinishReason::length: return "MAX_TOKENS";
    case FinishReason::content_filter: return "SAFETY";
    case FinishReason::error:
    case FinishReason::other: break;
  }
  return "OTHER";
}

}  // namespace wye::gemini
