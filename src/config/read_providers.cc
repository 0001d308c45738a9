// providers: the file's accounts completed from the catalog; see loading.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/check_shape.h"
#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

constexpr std::string_view compatible = "openai_compatible";

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void add_unknown_kind(Loading& loading, Place place, std::string_view kind, std::string message) {
  std::vector<std::string_view> names{compatible};
  for (const CatalogProvider& provider : loading.catalog.providers()) {
    names.push_back(provider.name);
    names.push_back(provider.kind);
  }
  const std::string_view near = nearest(kind, names);
  loading.add(
      Code::unknown_kind, place, std::move(message),
      near.empty() ? "say kind: openai_compatible and give its base_url" : did_you_mean(near));
}

// What to do meanwhile with a vendor whose dialect this version does not speak.
std::string meanwhile(const CatalogProvider& vendor) {
  struct Address {
    std::string_view vendor, base_url;
  };
  static constexpr std::array<Address, 3> addresses{
      {{"anthropic", "https://api.anthropic.com/v1"},
       {"google", "https://generativelanguage.googleapis.com/v1beta/openai"},
       {"cohere", "https://api.cohere.ai/compatibility/v1"}}};
  for (const Address& address : addresses) {
    if (address.vendor != vendor.name) continue;
    return fmt::format(
        "use its OpenAI-compatible address: kind: openai_compatible, base_url: {}, catalog: {}",
        address.base_url, vendor.name);
  }
  return "use a gateway or vendor that offers its models with an OpenAI-compatible address";
}

bool is_spoken(const CatalogProvider& vendor) {
  return vendor.dialect == DialectId::openai && vendor.auth != Auth::sigv4 &&
         vendor.auth != Auth::google_oauth;
}

// The catalog's entry of the vendor, nullptr for openai_compatible and after reporting a problem.
const CatalogProvider* find_vendor(Loading& loading, const Entry& entry, bool& good) {
  const Node* kind = entry.value.find("kind");
  const std::string name = kind == nullptr ? entry.key : read_text(kind);
  if (name == compatible || name.empty()) return nullptr;
  const Place place = kind == nullptr ? place_of(entry) : place_of(*kind);
  const CatalogProvider* vendor = loading.catalog.find(name);
  if (vendor == nullptr) {
    good = false;
    add_unknown_kind(
        loading, place, name,
        kind == nullptr ? fmt::format("provider \"{}\" is not in the catalog and has no kind", name)
                        : fmt::format("there is no provider kind {}", shown(*kind)));
  } else if (!is_spoken(*vendor)) {
    good = false;
    loading.add(Code::kind_not_available, place,
                fmt::format("provider kind \"{}\" is not available yet", name), meanwhile(*vendor));
  }
  return vendor;
}

void copy_habits(Loading& loading, const CatalogProvider& vendor, Provider& provider) {
  provider.kind = vendor.name;
  provider.dialect = vendor.dialect;
  provider.auth = vendor.auth;
  provider.stream_usage = vendor.stream_usage;
  provider.done_marker = vendor.done_marker;
  provider.limit_headers = vendor.limit_headers;
  provider.output_excludes_reasoning = vendor.output_excludes_reasoning;
  loading.used[vendor.name];  // the entry itself, even when none of its models is used
}

// Regions and retention of the catalog are those of the vendor's own address.
void copy_promises(Loading& loading, const CatalogProvider& vendor, const Node& settings,
                   Provider& provider) {
  provider.zdr = vendor.zdr;
  // What the file says replaces what the catalog says.
  if (settings.find("regions") != nullptr || settings.find("region") != nullptr) return;
  for (const std::string& region : vendor.regions) {
    Node name;
    name.kind = Node::Kind::scalar;
    name.text = region;
    name.where = provider.where;
    provider.regions |= name_bit(loading, loading.rules.regions, name, "regions");
  }
}

void check_address(Loading& loading, const Node& node) {
  static constexpr std::array<std::string_view, 4> endpoints{"/chat/completions", "/completions",
                                                             "/responses", "/embeddings"};
  for (const std::string_view endpoint : endpoints) {
    if (!node.text.ends_with(endpoint)) continue;
    loading.add(Code::endpoint_in_url, place_of(node),
                fmt::format("base_url must not hold {}", endpoint),
                fmt::format("write {}", node.text.substr(0, node.text.size() - endpoint.size())));
    return;
  }
}

void read_address_of(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                     Provider& provider) {
  const Node* node = entry.value.find("base_url");
  if (node != nullptr) {
    if (const auto url = read_url(node)) provider.base_url = *url;
    check_address(loading, *node);
    return;
  }
  if (vendor == nullptr) {
    loading.add(Code::missing_key, place_of(entry),
                fmt::format("\"base_url\" is missing in provider \"{}\"", entry.key),
                "an openai_compatible provider needs one, such as http://127.0.0.1:8000/v1");
    return;
  }
  if (vendor->base_url.find('{') != std::string::npos) {
    loading.add(
        Code::url_placeholder, place_of(entry),
        fmt::format("provider \"{}\" needs its base_url, like {}", entry.key, vendor->base_url));
    return;
  }
  if (auto url = parse_url(vendor->base_url)) provider.base_url = std::move(*url);
  copy_promises(loading, *vendor, entry.value, provider);
}

void read_key_of(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                 Provider& provider) {
  const Node* node = entry.value.find("api_key");
  if (node != nullptr) {
    if (provider.auth == Auth::none) provider.auth = Auth::bearer;
    provider.api_key = read_secret(loading, *node);
    const bool over_net = !provider.base_url.tls && !is_loopback(provider.base_url.host);
    if (over_net && !provider.base_url.host.empty()) {
      loading.add(Code::clear_transport, place_of(*node),
                  fmt::format("the key of provider \"{}\" would go to {} over plain http",
                              entry.key, provider.base_url.host),
                  "use https");
    }
    return;
  }
  if (vendor == nullptr) provider.auth = Auth::none;
  if (provider.auth == Auth::none || vendor == nullptr || vendor->api_key_variables.empty()) return;
  for (const std::string& variable : vendor->api_key_variables) {
    if (auto secret = loading.environment.variable(variable)) {
      provider.api_key = checked_secret(loading, std::move(*secret), place_of(entry),
                                        fmt::format("environment variable {}", variable));
      return;
    }
  }
  Diagnostic& one = loading.add(Code::secret_missing, place_of(entry),
                                fmt::format("provider \"{}\" has no api_key, and {} is not set",
                                            entry.key, vendor->api_key_variables.front()));
  if (loading.options.secrets_required) one.severity = Severity::error;
}

void read_trust(Loading& loading, const Node& settings, Provider& provider) {
  const Node* node = settings.find("ca_file");
  provider.ca_file = read_text(node);
  if (provider.ca_file.empty()) return;
  const auto text = loading.environment.read_file(provider.ca_file);
  if (text && text->find("-----BEGIN CERTIFICATE-----") != std::string::npos) return;
  Diagnostic& one = loading.add(
      Code::ca_file, place_of(*node),
      text ? fmt::format("{} holds no PEM certificate", provider.ca_file) : text.error().message);
  if (loading.options.secrets_required) one.severity = Severity::error;
}

void read_promises(Loading& loading, const Node& settings, Provider& provider) {
  const Node* region = settings.find("region");
  const Node* regions = settings.find("regions");
  if (region != nullptr && regions != nullptr) {
    loading.add(Code::one_of_keys, place_of(*region), "\"region\" and \"regions\" are given both",
                "name all of them in regions");
  }
  for (const Node* name : read_list(regions != nullptr ? regions : region)) {
    provider.regions |= name_bit(loading, loading.rules.regions, *name, "regions");
  }
  for (const Node* name : read_list(settings.find("approved_for"))) {
    provider.approved_for |= name_bit(loading, loading.rules.data_classes, *name, "data classes");
  }
  if (const auto zdr = read_flag(settings.find("zdr"))) provider.zdr = *zdr;
}

const CatalogProvider* find_models(Loading& loading, const Node& settings,
                                   const CatalogProvider* vendor) {
  const Node* node = settings.find("catalog");
  const std::string name = read_text(node);
  if (name.empty()) return vendor;
  const CatalogProvider* found = loading.catalog.find(name);
  if (found == nullptr) {
    add_unknown_kind(loading, place_of(*node), name,
                     fmt::format("the catalog has no provider {}", shown(*node)));
  } else {
    loading.used[found->name];
  }
  return found;
}

void read_provider(Loading& loading, const Entry& entry) {
  Provider provider;
  provider.name = entry.key;
  provider.kind = compatible;
  provider.where = entry.where;
  bool good = true;
  const CatalogProvider* vendor = find_vendor(loading, entry, good);
  if (vendor != nullptr && good) copy_habits(loading, *vendor, provider);
  if (good) {
    read_address_of(loading, entry, vendor, provider);
    read_key_of(loading, entry, vendor, provider);
  }
  read_promises(loading, entry.value, provider);
  read_trust(loading, entry.value, provider);
  loading.models_of.push_back(find_models(loading, entry.value, vendor));
  loading.rules.providers.push_back(std::move(provider));
  loading.provider_used.push_back(false);
}

}  // namespace

void read_providers(Loading& loading) {
  for (const Entry& entry : loading.entries("providers")) read_provider(loading, entry);
}

}  // namespace wye::config
