// Anthropic target. Pure.
#include "dialect/anthropic_target.h"

#include <fmt/format.h>

#include "dialect/anthropic_betas.h"

namespace wye::anthropic {
namespace {

constexpr std::string_view first_version = "2023-06-01";
constexpr std::string_view version_with_system_messages = "2026-10-21";

std::string path_of(Endpoint endpoint, bool stream, const Deployment& deployment,
                    const Provider& provider) {
  const bool counting = endpoint == Endpoint::count_tokens;
  if (provider.hosting != Hosting::vertex) {
    return counting ? "/messages/count_tokens" : "/messages";
  }
  if (counting) return "/models/count-tokens:rawPredict";
  return fmt::format("/models/{}:{}", deployment.model, stream ? "streamRawPredict" : "rawPredict");
}

}  // namespace

bool model_in_path(Endpoint endpoint, const Provider& provider) {
  return provider.hosting == Hosting::vertex && endpoint != Endpoint::count_tokens;
}

void address(ProviderRequest& request, const Ask& ask, const Deployment& deployment,
             const Provider& provider, bool system_among_messages) {
  request.path = path_of(ask.facts.endpoint, ask.facts.stream, deployment, provider);
  request.stream = ask.facts.stream;
  if (provider.hosting != Hosting::vertex) {
    // A client of this dialect knows best what it wrote.
    const std::string_view version = !ask.version.empty()    ? std::string_view(ask.version)
                                     : system_among_messages ? version_with_system_messages
                                                             : first_version;
    request.headers.emplace_back("anthropic-version", version);
  }
  SortedBetas betas = sort_betas(ask.betas, provider.hosting);
  if (!betas.passed.empty()) request.headers.emplace_back("anthropic-beta", betas.passed);
  for (const std::string& word : betas.dropped) request.dropped.push_back("anthropic-beta:" + word);
}

}  // namespace wye::anthropic
