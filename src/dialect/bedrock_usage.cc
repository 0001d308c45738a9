// Bedrock usage: the tables. Pure.
#include "dialect/bedrock_usage.h"

#include <algorithm>
#include <utility>

#include "core/tokens_believed.h"
#include "dialect/json_walk.h"

namespace wye::bedrock {
namespace {

constexpr std::pair<std::string_view, FinishReason> finish_words[]{
    {"end_turn", FinishReason::stop},
    {"stop_sequence", FinishReason::stop},
    {"tool_use", FinishReason::tool_calls},
    {"max_tokens", FinishReason::length},
    {"model_context_window_exceeded", FinishReason::length},
    {"guardrail_intervened", FinishReason::content_filter},
    {"content_filtered", FinishReason::content_filter},
    {"malformed_model_output", FinishReason::error},
    {"malformed_tool_use", FinishReason::error},
};

// Older answers say everything of the cache twice, under two names.
void take_most(std::int64_t& out, JsonValue& value) {
  if (const auto count = walk::integer_if(value)) out = std::max(out, believed_tokens(*count));
}

}  // namespace

Usage read_usage(JsonValue& value) {
  std::int64_t input = -1, output = -1, read = 0, written = 0;
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "inputTokens") take_most(input, member.value);
    if (key == "outputTokens") take_most(output, member.value);
    if (key.starts_with("cacheReadInputToken")) take_most(read, member.value);
    if (key.starts_with("cacheWriteInputToken")) take_most(written, member.value);
  });
  if (input < 0 && output < 0) return {};
  Usage usage;
  usage.source = UsageSource::provider;
  usage.cache_read = read;
  usage.cache_write = written;
  usage.input = std::max<std::int64_t>(input, 0) + read + written;  // theirs leaves the cache out
  usage.output = std::max<std::int64_t>(output, 0);
  return usage;
}

FinishReason finish_reason_from(std::string_view word) {
  for (const auto& [name, reason] : finish_words) {
    if (name == word) return reason;
  }
  return FinishReason::other;
}

FinishReason settled(FinishReason finish, bool answered_by_tool, bool calls) {
  if (finish == FinishReason::tool_calls && answered_by_tool && !calls) return FinishReason::stop;
  return finish;
}

}  // namespace wye::bedrock
