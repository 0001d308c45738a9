#include "dialect/offered_models.h"

#include <algorithm>

#include "dialect/json_walk.h"
#include "wire/url_encode.h"

namespace wye {
namespace {

constexpr std::string_view bedrock_runtime = "bedrock-runtime.";

std::string with_version(const Provider& provider, std::string target) {
  if (provider.hosting == Hosting::azure && !provider.api_version.empty())
    target += "?api-version=" + url_encode(provider.api_version);
  return target;
}

// "/v2" to "/v1", where Cohere has its list.
std::string first_version(std::string path) {
  if (path.ends_with("/v2")) path.back() = '1';
  return path;
}

// Bedrock's models are listed by the service beside the one that runs them.
std::optional<ModelsQuery> bedrock_query(const Provider& provider) {
  if (!provider.base_url.host.starts_with(bedrock_runtime)) return std::nullopt;
  ModelsQuery query{provider.base_url, "/foundation-models"};
  query.url.path.clear();
  query.url.host = "bedrock." + query.url.host.substr(bedrock_runtime.size());
  return query;
}

// Where the list stands, without its query.
std::string list_path(const Provider& provider) {
  const std::string& path = provider.base_url.path;
  if (provider.dialect == DialectId::ollama) return path + "/api/tags";
  return (provider.dialect == DialectId::cohere ? first_version(path) : path) + "/models";
}

void add_headers(const Provider& provider, ModelsQuery& query) {
  if (provider.dialect == DialectId::anthropic)
    query.headers.emplace_back("anthropic-version", "2023-06-01");
}

// "claude-x@20251101" to "claude-x".
std::string_view without_version(std::string_view model) {
  return model.substr(0, model.find('@'));
}

// "eu.maker.model" to "maker.model".
std::string_view without_geography(std::string_view model) {
  for (const std::string_view prefix :
       {"us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."}) {
    if (model.starts_with(prefix)) return model.substr(prefix.size());
  }
  return model;
}

// What one entry of a list is called.
struct Names {
  std::string id, name;
  std::vector<std::string> aliases;

  void take(walk::Member& member) {
    if (member.key == "aliases") {
      walk::elements_if(member.value, [&](JsonValue& alias) {
        if (const auto text = walk::string_if(alias)) aliases.emplace_back(*text);
      });
      return;
    }
    const bool is_id = member.key == "id" || member.key == "modelId";
    if (!is_id && member.key != "name") return;
    if (const auto text = walk::string_if(member.value)) (is_id ? id : name) = *text;
  }
  void move_to(std::vector<std::string>& out) {
    constexpr std::string_view folder = "models/";  // Gemini names models by their place
    std::string& main = id.empty() ? name : id;
    if (main.empty()) return;
    out.push_back(main.starts_with(folder) ? main.substr(folder.size()) : std::move(main));
    for (std::string& alias : aliases) out.push_back(std::move(alias));
  }
};

bool is_list(walk::Member& member) {
  return (member.key == "data" || member.key == "models" || member.key == "modelSummaries") &&
         walk::is_array(member.value);
}

}  // namespace

std::optional<ModelsQuery> models_query(const Provider& provider) {
  if (provider.hosting == Hosting::vertex || provider.dialect == DialectId::voyage)
    return std::nullopt;
  if (provider.dialect == DialectId::bedrock) return bedrock_query(provider);
  ModelsQuery query{provider.base_url, list_path(provider)};
  // Lists come in pages, and these are the largest that the vendors give.
  switch (provider.dialect) {
    case DialectId::anthropic: query.target += "?limit=1000"; break;
    case DialectId::gemini:
    case DialectId::cohere:
      query.target += provider.dialect == DialectId::gemini ? "?pageSize=1000" : "?page_size=1000";
      break;
    default: query.target = with_version(provider, std::move(query.target));
  }
  add_headers(provider, query);
  return query;
}

std::optional<ModelsQuery> model_query(const Provider& provider, std::string_view model) {
  if (provider.hosting == Hosting::vertex) {
    const std::string& path = provider.base_url.path;
    const std::size_t publishers = path.rfind("/publishers/");
    if (publishers == std::string::npos) return std::nullopt;
    return ModelsQuery{provider.base_url, "/v1" + path.substr(publishers) + "/models/" +
                                              url_encode(without_version(model))};
  }
  switch (provider.dialect) {
    case DialectId::openai:
    case DialectId::openai_responses:
    case DialectId::anthropic:
    case DialectId::gemini: break;
    default: return std::nullopt;
  }
  ModelsQuery query{provider.base_url,
                    with_version(provider, list_path(provider) + "/" + url_encode(model, "/:@"))};
  add_headers(provider, query);
  return query;
}

std::optional<ModelsQuery> key_query(const Provider& provider) {
  if (provider.kind != "openrouter") return std::nullopt;
  return ModelsQuery{provider.base_url, provider.base_url.path + "/key"};
}

ModelsQuery empty_query(const Provider& provider) {
  std::string_view path = "/chat/completions";
  switch (provider.dialect) {
    case DialectId::openai_responses: path = "/responses"; break;
    case DialectId::anthropic: path = "/messages"; break;
    case DialectId::cohere: path = "/chat"; break;
    case DialectId::ollama: path = "/api/chat"; break;
    case DialectId::voyage: path = "/embeddings"; break;
    default: break;
  }
  ModelsQuery query{provider.base_url,
                    with_version(provider, provider.base_url.path + std::string(path)), "{}"};
  add_headers(provider, query);
  return query;
}

bool lists_names(const Provider& provider) { return provider.hosting != Hosting::azure; }

Result<std::vector<std::string>> read_models(JsonReader& reader, std::string& body) {
  // Together sends the list without anything around it.
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && body[first] == '[') body = R"({"data":)" + body + "}";
  pad(body);
  bool found = false;
  std::vector<std::string> offered;
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (!is_list(member)) return {};
      found = true;
      walk::elements_if(member.value, [&](JsonValue& element) {
        Names names;
        walk::members_if(element, [&](walk::Member& each) { names.take(each); });
        names.move_to(offered);
      });
      return {};
    });
  });
  if (!read || !found) return fail(FaultKind::invalid_output, "the answer is no list of models");
  return offered;
}

bool is_offered(const Provider& provider, const std::vector<std::string>& offered,
                std::string_view model) {
  const auto has = [&](std::string_view name) {
    return std::find(offered.begin(), offered.end(), name) != offered.end();
  };
  if (has(model)) return true;
  if (provider.dialect == DialectId::bedrock) return has(without_geography(model));
  const bool tagged = model.find(':') != std::string_view::npos;
  return provider.dialect == DialectId::ollama && !tagged && has(std::string(model) + ":latest");
}

}  // namespace wye
