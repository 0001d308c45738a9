// address: where a provider is spoken to, and in which dialect; see loading.h. The catalog's
// addresses have parts that are the account's own: {region}, {project}, {resource}.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

struct Placeholder {
  std::string_view mark;  // in the catalog's address
  std::string_view key;   // of the provider in the file
};
constexpr Placeholder placeholders[]{{"{region}", "region"},
                                     {"{location}", "region"},
                                     {"{project}", "project"},
                                     {"{resource}", "resource"}};

Hosting hosting_of(std::string_view vendor) {
  if (vendor == "azure") return Hosting::azure;
  if (vendor == "vertex") return Hosting::vertex;
  if (vendor == "bedrock") return Hosting::bedrock;
  return Hosting::own;
}

// Reports an endpoint at the end of the address; true when there is one.
bool holds_endpoint(Loading& loading, const Node& node) {
  static constexpr std::array<std::string_view, 5> endpoints{
      "/chat/completions", "/completions", "/responses", "/embeddings", "/messages"};
  for (const std::string_view endpoint : endpoints) {
    if (!node.text.ends_with(endpoint)) continue;
    loading.add(Code::endpoint_in_url, place_of(node),
                fmt::format("base_url must not hold {}", endpoint),
                fmt::format("write {}", node.text.substr(0, node.text.size() - endpoint.size())));
    return true;
  }
  return false;
}

// The usual path of servers that are not in the catalog.
std::string_view path_of_dialect(DialectId dialect) {
  switch (dialect) {
    case DialectId::openai:
    case DialectId::openai_responses:
    case DialectId::anthropic:
    case DialectId::voyage: return "/v1";
    case DialectId::gemini: return "/v1beta";
    case DialectId::cohere: return "/v2";
    case DialectId::bedrock:
    case DialectId::ollama: return "";
  }
  return "";
}

// Some vendors of the catalog, and so perhaps a server of theirs elsewhere, have no path.
bool is_host_without_path(const Catalog& catalog, const std::string& host) {
  return std::any_of(catalog.providers().begin(), catalog.providers().end(),
                     [&](const CatalogProvider& one) {
                       const auto url = parse_url(one.base_url);
                       return url && url->path.empty() && url->host == host;
                     });
}

bool is_azure_host(const std::string& host) {
  return host.ends_with(".openai.azure.com") || host.ends_with(".cognitiveservices.azure.com") ||
         host.ends_with(".services.ai.azure.com");
}

// Below which path the addresses of Azure stand; see use_api_version.
std::string_view path_of_azure(bool with_api_version) {
  return with_api_version ? "/openai" : "/openai/v1";
}

// The path that the dialect's or the vendor's addresses have, for the given one when it cannot be
// right: it has none, or what is added to it anyway. Nothing when it may be right.
std::optional<std::string> path_meant(Loading& loading, const Entry& entry,
                                      const CatalogProvider* vendor, const Provider& provider) {
  const Url& url = provider.base_url;
  const bool speaks_openai =
      provider.dialect == DialectId::openai || provider.dialect == DialectId::openai_responses;
  if (provider.hosting == Hosting::azure || (is_azure_host(url.host) && speaks_openai)) {
    const std::string_view usual = path_of_azure(entry.value.find("api_version") != nullptr);
    const bool newer = url.path == path_of_azure(false);  // of both kinds
    // Somebody's own gateway before Azure may have any other path, and so have other services
    // there.
    const bool wrong = url.path.empty() || url.path == path_of_azure(true) ||
                       url.path.find("/deployments") != std::string::npos ||
                       url.host.ends_with(".openai.azure.com");
    return wrong && !newer && url.path != usual ? std::optional<std::string>(usual) : std::nullopt;
  }
  std::string usual(path_of_dialect(provider.dialect));
  const bool clouds = provider.hosting != Hosting::own;  // one path for all dialects
  if (vendor != nullptr && (clouds || vendor->dialect == provider.dialect)) {
    const std::size_t host = vendor->base_url.find("://") + 3;
    const std::size_t slash = vendor->base_url.find('/', host);
    usual = slash == std::string::npos ? "" : vendor->base_url.substr(slash);
  } else if (vendor == nullptr && is_host_without_path(loading.catalog, url.host)) {
    return std::nullopt;
  }
  // Ollama's own interface is below /api, which is a part of its endpoints.
  constexpr std::uint16_t ollama_port = 11434;
  const bool ollama =
      provider.kind == "ollama" || provider.dialect == DialectId::ollama || url.port == ollama_port;
  const bool wrong = url.path.empty() || (ollama && url.path == "/api");
  if (!wrong || url.path == usual) return std::nullopt;
  return usual;
}

void check_path(Loading& loading, const Entry& entry, const Node& node,
                const CatalogProvider* vendor, const Provider& provider) {
  const auto meant = path_meant(loading, entry, vendor, provider);
  if (!meant) return;
  const std::string& path = provider.base_url.path;
  const std::size_t slash = node.text.find('/', node.text.find("://") + 3);
  std::string advice = fmt::format("is {}{} meant?", node.text.substr(0, slash), *meant);
  if (path.find("/deployments/") != std::string::npos) {
    advice += " The name after /deployments/ is the model of a deployment";
  }
  loading.add(Code::path_in_url, place_of(node),
              fmt::format("base_url of provider \"{}\" {}, where {} is usual", entry.key,
                          path.empty() ? "has no path" : fmt::format("has the path {}", path),
                          meant->empty() ? "none" : *meant),
              std::move(advice));
}

bool awaits_credentials(const Provider& provider) {
  return provider.auth == Auth::google_oauth && !provider.google;
}

std::string part_of(const Entry& entry, const Provider& provider, std::string_view key) {
  std::string text = read_text(entry.value.find(key));
  if (text.empty() && key == "project" && provider.google) text = provider.google->project;
  return text;
}

// The catalog's address with the account's own parts; nothing after reporting what is missing.
std::optional<std::string> filled(Loading& loading, const Entry& entry, const Provider& provider,
                                  std::string address) {
  for (const Placeholder& one : placeholders) {
    const std::string part = part_of(entry, provider, one.key);
    for (std::size_t at = address.find(one.mark); at != std::string::npos;
         at = address.find(one.mark)) {
      // The credentials may name the project, and that they are missing is reported already.
      if (part.empty() && one.key == "project" && awaits_credentials(provider)) return address;
      if (part.empty()) {
        loading.add(Code::url_placeholder, place_of(entry),
                    fmt::format("provider \"{}\" needs its {}, or a base_url like {}", entry.key,
                                one.key, address));
        return std::nullopt;
      }
      address.replace(at, one.mark.size(), part);
    }
  }
  // Amazon's regions in China have a domain of their own.
  if (address.find("//bedrock-runtime.cn-") != std::string::npos && address.ends_with(".com")) {
    address += ".cn";
  }
  // The global location has no prefix of its own.
  if (const std::size_t at = address.find("//global-aiplatform."); at != std::string::npos) {
    address.erase(at + 2, std::string_view("global-").size());
  }
  return address;
}

// Ollama's own interface stands beside the compatible one, whose address the catalog has.
void drop_v1(Provider& provider) {
  std::string& path = provider.base_url.path;
  if (path.ends_with("/v1")) path.resize(path.size() - 3);
}

// Azure's older addresses are below /openai, the newer ones below /openai/v1.
void use_api_version(const Entry& entry, Provider& provider) {
  provider.api_version = read_text(entry.value.find("api_version"));
  constexpr std::string_view newer = "/v1";
  std::string& path = provider.base_url.path;
  if (!provider.api_version.empty() && path.ends_with(newer)) {
    path.resize(path.size() - newer.size());
  }
}

// Vertex keeps the models of each maker in a place of their own.
void add_publisher(Provider& provider) {
  std::string& path = provider.base_url.path;
  if (provider.hosting != Hosting::vertex || path.find("/publishers/") != std::string::npos) return;
  path += provider.dialect == DialectId::anthropic ? "/publishers/anthropic" : "/publishers/google";
}

// "bedrock-runtime.eu-west-1.amazonaws.com"
std::string aws_region_of(const Entry& entry, const std::string& host) {
  std::string region = read_text(entry.value.find("region"));
  constexpr std::string_view service = "bedrock-runtime.";
  if (region.empty() && host.starts_with(service)) {
    const std::size_t end = host.find('.', service.size());
    region = host.substr(service.size(), end - service.size());
  }
  return region;
}

}  // namespace

bool read_address(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                  Provider& provider) {
  if (vendor != nullptr) provider.hosting = hosting_of(vendor->name);
  const Node* node = entry.value.find("base_url");
  if (node != nullptr) {
    if (const auto url = read_url(node)) provider.base_url = *url;
    if (!holds_endpoint(loading, *node) && !provider.base_url.host.empty()) {
      check_path(loading, entry, *node, vendor, provider);
    }
  } else if (vendor == nullptr) {
    loading.add(Code::missing_key, place_of(entry),
                fmt::format("\"base_url\" is missing in provider \"{}\"", entry.key),
                "an openai_compatible provider needs one, such as http://127.0.0.1:8000/v1");
  } else if (const auto address = filled(loading, entry, provider, vendor->base_url)) {
    if (auto url = parse_url(*address)) provider.base_url = std::move(*url);
  }
  if (provider.dialect == DialectId::ollama) drop_v1(provider);
  if (provider.hosting == Hosting::azure) use_api_version(entry, provider);
  add_publisher(provider);
  provider.aws.region = aws_region_of(entry, provider.base_url.host);
  return node == nullptr && vendor != nullptr;
}

void read_dialect(const Entry& entry, Provider& provider) {
  const std::string word = read_text(entry.value.find("dialect"));
  if (word.empty()) return;
  if (const auto dialect = word == "responses" ? DialectId::openai_responses : dialect_from(word)) {
    provider.dialect = *dialect;
  }
}

}  // namespace wye::config
