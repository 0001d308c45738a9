// The names of abilities and endpoints, as the catalog and the configuration spell them.
#include "core/ability.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto abilities = names_of<Ability, Ability::prefill>(
    "tools", "parallel_tools", "json_object", "json_schema", "images", "documents", "audio_in",
    "reasoning", "logprobs", "stream", "seed", "n", "stop", "system", "prefill");

constexpr auto endpoints = names_of<Endpoint, Endpoint::count_tokens>(
    "chat", "responses", "embeddings", "rerank", "moderations", "count_tokens");

}  // namespace

std::string_view to_string(Ability ability) { return abilities.of(ability); }
std::string_view to_string(Endpoint endpoint) { return endpoints.of(endpoint); }
std::optional<Ability> ability_from(std::string_view name) { return abilities.find(name); }
std::optional<Endpoint> endpoint_from(std::string_view name) { return endpoints.find(name); }

}  // namespace wye
