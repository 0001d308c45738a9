// Offered models: how a provider is asked what models it has, and how its answer is read. For
// `wye check --online`; no request of a client's needs it. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/deployment.h"
#include "wire/http1.h"
#include "wire/json.h"

namespace wye {

// A GET that costs nothing; or a POST when it has a body.
struct ModelsQuery {
  Url url;             // whose path is left out of account
  std::string target;  // the whole of it
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  // no credentials
};

// The list of a provider's models; nothing when its vendor has no list at an address that follows
// from the provider's own.
std::optional<ModelsQuery> models_query(const Provider& provider);
// One model: knows other names of it than those in the list. Nothing when it cannot be asked for.
std::optional<ModelsQuery> model_query(const Provider& provider, std::string_view model);
// Where the key is looked at by a vendor whose list anybody may read; nothing for all others.
std::optional<ModelsQuery> key_query(const Provider& provider);
// A request that lacks everything, which a provider refuses as such when it takes the key.
ModelsQuery empty_query(const Provider& provider);

// Whether the models of the list are those that a deployment can name. At Azure it names a
// deployment of one's own instead.
bool lists_names(const Provider& provider);

// The names in a list, of any vendor: ids, else names, with their aliases. Faults: invalid_output
// when it is no list of models. `body` gets its padding.
Result<std::vector<std::string>> read_models(JsonReader& reader, std::string& body);

// Whether a list has the model, as its provider understands the name: "llama3" is "llama3:latest"
// at Ollama, and "eu.some-model" is Bedrock's way to the same model in Europe.
bool is_offered(const Provider& provider, const std::vector<std::string>& offered,
                std::string_view model);

}  // namespace wye
