// Bedrock model: the table. Pure.
#include "dialect/bedrock_model.h"

#include <algorithm>

#include "base/text.h"

namespace wye::bedrock {
namespace {

struct ModelRow {
  std::string_view part;  // of the id
  ModelTraits traits;
};

// The first row whose part is in the id counts. Who is not listed is new, and new models know
// structured output.
constexpr ModelRow rows[]{
    {"amazon.nova-2",
     {.thinking = Thinking::nova,
      .top_k = TopK::inference_config,
      .forced_tools = true,
      .cache_points = true}},
    {"amazon.nova", {.top_k = TopK::inference_config, .forced_tools = true, .cache_points = true}},
    {"amazon.titan", {}},
    {"openai.gpt-oss", {.thinking = Thinking::effort, .schema_output = true, .forced_tools = true}},
    {"qwen.", {.thinking = Thinking::config, .schema_output = true, .forced_tools = true}},
    {"deepseek.r1", {}},
    {"mistral.mistral-7b", {.top_k = TopK::top_k}},
    {"mistral.mixtral", {.top_k = TopK::top_k}},
    {"mistral.mistral-large-24", {.forced_tools = true}},
    {"mistral.mistral-small", {.forced_tools = true}},
    {"cohere.", {.top_k = TopK::k}},
    {"meta.", {}},
    {"ai21.", {}},
    {"writer.", {}},
};

// Major times 100 plus minor: 305 of "claude-3-5-sonnet-20240620-v1:0", 400 of
// "claude-opus-4-20250514-v1:0". Numbers of more than two digits are dates.
int claude_version(std::string_view id) {
  constexpr std::string_view name = "claude-";
  int numbers[2] = {0, 0};
  int count = 0;
  for (const std::string_view word : split(id.substr(id.find(name) + name.size()), '-')) {
    const bool digits =
        !word.empty() && word.size() <= 2 && std::all_of(word.begin(), word.end(), is_digit);
    if (!digits && count > 0) break;
    if (!digits) continue;
    int number = 0;
    for (const char c : word) number = number * 10 + (c - '0');
    numbers[count++] = number;
    if (count == 2) break;
  }
  return numbers[0] * 100 + numbers[1];
}

Thinking claude_thinking(int version) {
  if (version >= 407) return Thinking::adaptive;
  if (version >= 406) return Thinking::either;
  return version >= 307 ? Thinking::budget : Thinking::none;
}

ModelTraits claude_traits(std::string_view id) {
  const int version = claude_version(id);
  ModelTraits traits;
  traits.thinking = claude_thinking(version);
  traits.top_k = version >= 407 ? TopK::none : TopK::top_k;
  traits.schema_output = version >= 405;
  traits.forced_tools = version >= 300;
  traits.cache_points = traits.cache_in_tools = version >= 305;
  traits.claude = true;
  traits.sampling = version < 407;
  traits.sampling_together = version < 401;
  traits.effort_max = version >= 407 || id.find("opus-4-6") != std::string_view::npos;
  return traits;
}

}  // namespace

ModelTraits traits_of(std::string_view id) {
  if (id.find("claude-") != std::string_view::npos) return claude_traits(id);
  for (const ModelRow& row : rows) {
    if (id.find(row.part) != std::string_view::npos) return row.traits;
  }
  ModelTraits traits{.schema_output = true, .forced_tools = true};
  // An ARN of the user's own profile hides its model. Marks of the cache are kept: they are only
  // sent to models that are known to take them, or by users who say which model this is.
  traits.cache_points = traits.cache_in_tools = id.starts_with("arn:");
  return traits;
}

}  // namespace wye::bedrock
