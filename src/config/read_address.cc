// address: where a provider is spoken to, and in which dialect; see loading.h. The catalog's
// addresses have parts that are the account's own: {region}, {project}, {resource}.
#include <fmt/format.h>

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

void check_address(Loading& loading, const Node& node) {
  static constexpr std::array<std::string_view, 5> endpoints{
      "/chat/completions", "/completions", "/responses", "/embeddings", "/messages"};
  for (const std::string_view endpoint : endpoints) {
    if (!node.text.ends_with(endpoint)) continue;
    loading.add(Code::endpoint_in_url, place_of(node),
                fmt::format("base_url must not hold {}", endpoint),
                fmt::format("write {}", node.text.substr(0, node.text.size() - endpoint.size())));
    return;
  }
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
    check_address(loading, *node);
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
