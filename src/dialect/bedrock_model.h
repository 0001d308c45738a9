// Bedrock model: what the makers of models behind Converse want differently. Converse hides most of
// it; the rest goes by the model's id, because nobody says it at run time. Internal to this room.
#pragma once

#include <cstdint>
#include <string_view>

namespace wye::bedrock {

// How a model is told to think.
enum class Thinking : std::uint8_t {
  none,
  budget,    // Claude: thinking.budget_tokens
  either,    // Claude 4.6: a budget, or an effort
  adaptive,  // Claude from 4.7: output_config.effort only
  effort,    // gpt-oss: reasoning_effort
  config,    // Qwen: reasoning_config
  nova,      // Nova 2: reasoningConfig.maxReasoningEffort
};

// Where top_k stands among the additional fields.
enum class TopK : std::uint8_t {
  none,
  top_k,
  k,                // Cohere
  inference_config  // Nova: inferenceConfig.topK
};

struct ModelTraits {
  Thinking thinking = Thinking::none;
  TopK top_k = TopK::none;
  bool schema_output = false;     // outputConfig.textFormat
  bool forced_tools = false;      // toolChoice any
  bool cache_points = false;      // in messages and system
  bool cache_in_tools = false;    // and among tools, with a ttl
  bool claude = false;            // takes Anthropic's own fields
  bool sampling = true;           // temperature and top_p are allowed
  bool sampling_together = true;  // both at once
  bool effort_max = false;        // knows efforts above "high"
};

// `id` as it stands in a deployment: a model id, an inference profile or an ARN.
ModelTraits traits_of(std::string_view id);

}  // namespace wye::bedrock
