// Anthropic usage. Pure.
#include "dialect/anthropic_usage.h"

#include <algorithm>
#include <utility>

#include "core/tokens_believed.h"

namespace wye::anthropic {
namespace {

constexpr std::pair<std::string_view, FinishReason> finish_words[]{
    {"end_turn", FinishReason::stop},
    {"stop_sequence", FinishReason::stop},
    {"tool_use", FinishReason::tool_calls},
    {"max_tokens", FinishReason::length},
    {"model_context_window_exceeded", FinishReason::length},
    {"refusal", FinishReason::content_filter},
};

void take(JsonValue& value, std::int64_t& out) {
  if (const auto count = walk::integer_if(value)) out = believed_tokens(*count);
}

}  // namespace

void UsageCounts::add(JsonValue& usage) {
  walk::members_if(usage, [&](walk::Member& member) { add_member(member); });
}

void UsageCounts::add_member(walk::Member& member) {
  const std::string_view key = member.key;
  const std::string_view raw = walk::raw(member.value);
  const auto same = std::find_if(members_.begin(), members_.end(),
                                 [&](const ExtraMember& each) { return each.name == key; });
  if (same == members_.end()) {
    members_.push_back({std::string(key), std::string(raw)});
  } else {
    same->json = raw;
  }
  seen_ = seen_ || key == "input_tokens" || key == "output_tokens";
  if (key == "input_tokens") return take(member.value, input_);
  if (key == "output_tokens") return take(member.value, output_);
  if (key == "cache_read_input_tokens") return take(member.value, cache_read_);
  if (key == "cache_creation_input_tokens") return take(member.value, cache_write_);
  if (key != "output_tokens_details") return;
  walk::members_if(member.value, [&](walk::Member& detail) {
    if (detail.key == "thinking_tokens") take(detail.value, thinking_);
  });
}

Usage UsageCounts::usage() const {
  Usage out;
  if (!seen_) return out;
  out.source = UsageSource::provider;
  out.input = input_ + cache_read_ + cache_write_;
  out.cache_read = cache_read_;
  out.cache_write = cache_write_;
  out.output = output_;
  out.reasoning = std::min(thinking_, output_);
  return out;
}

std::string UsageCounts::raw() const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  for (const ExtraMember& member : members_) json.key(member.name).raw(member.json);
  json.end_object();
  return out;
}

void write_usage(JsonWriter& json, const Usage& usage) {
  const std::int64_t cached = usage.cache_read + usage.cache_write;
  json.begin_object();
  json.field("input_tokens", std::max<std::int64_t>(usage.input - cached, 0));
  json.field("cache_creation_input_tokens", usage.cache_write);
  json.field("cache_read_input_tokens", usage.cache_read);
  json.field("output_tokens", usage.output);
  if (usage.reasoning != 0) {
    json.key("output_tokens_details").begin_object();
    json.field("thinking_tokens", usage.reasoning).end_object();
  }
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
    case FinishReason::length: return "max_tokens";
    case FinishReason::tool_calls: return "tool_use";
    case FinishReason::content_filter: return "refusal";
    case FinishReason::none:
    case FinishReason::stop:
    case FinishReason::error:
    case FinishReason::other: break;
  }
  return "end_turn";
}

}  // namespace wye::anthropic
