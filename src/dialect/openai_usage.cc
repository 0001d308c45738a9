// OpenAI usage: one reader for all variants, because gateways in between mix them. Pure.
#include "dialect/openai_usage.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "core/tokens_believed.h"
#include "dialect/json_walk.h"

namespace wye::openai {
namespace {

struct Counts {
  std::int64_t input = -1, output = -1, total = -1;
  std::int64_t cache_read = 0, cache_write = 0, reasoning = 0;
};

// Several members may say the same (DeepSeek repeats OpenAI's), so the largest counts.
void take_most(std::int64_t& out, JsonValue& value) {
  if (const auto count = walk::integer_if(value)) out = std::max(out, believed_tokens(*count));
}

void read_details(JsonValue& value, Counts& counts) {
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "cached_tokens" || key == "cache_read_tokens") {
      take_most(counts.cache_read, member.value);
    } else if (key == "cache_write_tokens" || key == "cache_creation_tokens") {
      take_most(counts.cache_write, member.value);
    } else if (key == "reasoning_tokens") {
      take_most(counts.reasoning, member.value);
    }
  });
}

void read_count(walk::Member& member, Counts& counts) {
  const std::string_view key = member.key;
  JsonValue& value = member.value;
  if (key.ends_with("_details")) return read_details(value, counts);
  if (key == "prompt_tokens" || key == "input_tokens") return take_most(counts.input, value);
  if (key == "completion_tokens" || key == "output_tokens") return take_most(counts.output, value);
  if (key == "total_tokens") return take_most(counts.total, value);
  if (key == "reasoning_tokens") return take_most(counts.reasoning, value);
  // DeepSeek; Together and Moonshot; Mistral.
  if (key == "prompt_cache_hit_tokens" || key == "cached_tokens" || key == "num_cached_tokens") {
    return take_most(counts.cache_read, value);
  }
}

constexpr std::array<std::pair<std::string_view, FinishReason>, 13> finish_words{{
    {"stop", FinishReason::stop},
    {"tool_calls", FinishReason::tool_calls},
    {"length", FinishReason::length},
    {"content_filter", FinishReason::content_filter},
    {"function_call", FinishReason::tool_calls},
    {"error", FinishReason::error},
    {"eos", FinishReason::stop},       // Together
    {"end_turn", FinishReason::stop},  // gateways that pass others' words through
    {"stop_sequence", FinishReason::stop},
    {"tool_use", FinishReason::tool_calls},
    {"max_tokens", FinishReason::length},
    {"model_length", FinishReason::length},       // Mistral
    {"sensitive", FinishReason::content_filter},  // z.ai
}};

// Whether `output` leaves the reasoning out. Where there is a total, it tells the truth; the
// provider's habit decides otherwise.
bool excludes_reasoning(const Counts& counts, bool habit) {
  if (counts.reasoning == 0 || counts.total < 0 || counts.input < 0 || counts.output < 0)
    return habit;
  if (counts.total == counts.input + counts.output) return false;
  return habit || counts.total == counts.input + counts.output + counts.reasoning;
}

// Embeddings of some providers say only the total, and all of it is input.
std::int64_t input_of(const Counts& counts) {
  if (counts.input >= 0) return counts.input;
  return std::max<std::int64_t>(counts.total - std::max<std::int64_t>(counts.output, 0), 0);
}

}  // namespace

Usage read_usage(JsonValue& value, bool output_excludes_reasoning) {
  Counts counts;
  walk::members_if(value, [&](walk::Member& member) { read_count(member, counts); });
  if (counts.input < 0 && counts.output < 0 && counts.total < 0) return {};
  Usage usage;
  usage.source = UsageSource::provider;
  usage.input = input_of(counts);
  usage.output = std::max<std::int64_t>(counts.output, 0);
  if (excludes_reasoning(counts, output_excludes_reasoning)) usage.output += counts.reasoning;
  usage.reasoning = std::min(counts.reasoning, usage.output);
  usage.cache_read = std::min(counts.cache_read, usage.input);
  usage.cache_write = std::min(counts.cache_write, usage.input - usage.cache_read);
  return usage;
}

FinishReason finish_reason_from(std::string_view word) {
  for (const auto& [name, reason] : finish_words) {
    if (name == word) return reason;
  }
  return FinishReason::other;
}

std::string_view finish_word(FinishReason reason) {
  switch (reason) {
    case FinishReason::length: return "length";
    case FinishReason::tool_calls: return "tool_calls";
    case FinishReason::content_filter: return "content_filter";
    case FinishReason::none:
    case FinishReason::stop:
    case FinishReason::error:
    case FinishReason::other: break;
  }
  return "stop";
}

}  // namespace wye::openai
