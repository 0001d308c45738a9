// For the tests of the Bedrock dialect over recorded traffic: what an answer says, in words that
// can be compared, and the parts of a second, independent reading that answers and streams share.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/answer.h"
#include "dialect/test_bedrock_corpus.h"

namespace wye::bedrock_corpus {

struct Said {
  std::string text, thoughts;
  std::vector<std::string> calls;  // id, name and arguments, minified
  FinishReason finish = FinishReason::none;
  Usage usage;
};

inline std::string difference(const Said& a, const Said& b, bool thoughts) {
  if (a.text != b.text) return "text";
  if (thoughts && a.thoughts != b.thoughts) return "reasoning";
  if (a.calls != b.calls) return "tool calls";
  if (a.finish != b.finish) {
    return "finish " + std::string(to_string(a.finish)) + " " + std::string(to_string(b.finish));
  }
  return a.usage == b.usage ? "" : "usage";
}

inline Said said_by(const Answer& answer) {
  Said out;
  out.usage = answer.usage;
  for (const Choice& choice : answer.choices) {
    out.finish = choice.finish;
    for (const Part& part : choice.parts) {
      if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
      if (const auto* thought = std::get_if<Reasoning>(&part.body)) out.thoughts += thought->text;
      if (const auto* call = std::get_if<ToolCall>(&part.body)) {
        out.calls.push_back(call->id + " " + call->name + " " + minified(call->arguments));
      }
    }
  }
  return out;
}

// From here: Converse read a second time, by a plain walk over the whole document.
inline std::int64_t count_at(const Dom& value, const char* pointer) {
  std::int64_t count = 0;
  return value.at_pointer(pointer).get(count) == simdjson::SUCCESS ? count : 0;
}

inline FinishReason finish_of(const std::string& word) {
  if (word == "end_turn" || word == "stop_sequence") return FinishReason::stop;
  if (word == "tool_use") return FinishReason::tool_calls;
  if (word == "max_tokens") return FinishReason::length;
  if (word == "guardrail_intervened") return FinishReason::content_filter;
  return FinishReason::other;
}

inline void expect_usage(const Dom& usage, Said& out) {
  out.usage.source = UsageSource::provider;
  out.usage.cache_read = count_at(usage, "/cacheReadInputTokens");
  out.usage.cache_write = count_at(usage, "/cacheWriteInputTokens");
  out.usage.output = count_at(usage, "/outputTokens");
  // The total is what everything else must add up to.
  out.usage.input = count_at(usage, "/totalTokens") - out.usage.output;
}

}  // namespace wye::bedrock_corpus
