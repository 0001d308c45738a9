// Names of dialects and of a provider's habits, and the choice of the price tier.
#include "core/deployment.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto dialects = names_of<DialectId, DialectId::voyage>(
    "openai", "openai_responses", "anthropic", "gemini", "bedrock", "cohere", "ollama", "voyage");

constexpr auto auths = names_of<Auth, Auth::none>("bearer", "x_api_key", "x_goog_api_key",
                                                  "api_key", "sigv4", "google_oauth", "none");

constexpr auto stream_usages = names_of<StreamUsage, StreamUsage::none>("option", "always", "none");

constexpr auto output_limits = names_of<OutputLimit, OutputLimit::max_completion_tokens>(
    "either", "max_tokens", "max_completion_tokens");

constexpr auto limit_headers = names_of<LimitHeaders, LimitHeaders::none>(
    "openai", "anthropic", "mistral", "openrouter", "together", "cerebras", "xai", "none");

}  // namespace

std::string_view to_string(DialectId id) { return dialects.of(id); }
std::string_view to_string(Auth auth) { return auths.of(auth); }
std::string_view to_string(StreamUsage usage) { return stream_usages.of(usage); }
std::string_view to_string(LimitHeaders headers) { return limit_headers.of(headers); }
std::string_view to_string(OutputLimit limit) { return output_limits.of(limit); }
std::optional<DialectId> dialect_from(std::string_view name) { return dialects.find(name); }
std::optional<Auth> auth_from(std::string_view name) { return auths.find(name); }
std::optional<StreamUsage> stream_usage_from(std::string_view name) {
  return stream_usages.find(name);
}
std::optional<LimitHeaders> limit_headers_from(std::string_view name) {
  return limit_headers.find(name);
}
std::optional<OutputLimit> output_limit_from(std::string_view name) {
  return output_limits.find(name);
}

const Price& PriceList::at(std::int64_t input_tokens) const {
  const Price* price = &base;
  for (const PriceTier& tier : tiers) {
    if (input_tokens <= tier.above_tokens) break;
    price = &tier.price;
  }
  return *price;
}

}  // namespace wye
