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

void check_transport(Loading& loading, const Entry& entry, const Provider& provider) {
  const Url& url = provider.base_url;
  const Node* node = entry.value.find("api_key");
  if (node == nullptr || url.tls || url.host.empty() || is_loopback(url.host)) return;
  loading.add(
      Code::clear_transport, place_of(*node),
      fmt::format("the key of provider \"{}\" would go to {} over plain http", entry.key, url.host),
      "use https");
}

void add_unknown_kind(Loading& loading, Place place, std::string_view kind, std::string message) {
  std::vector<std::string_view> names{compatible};
  for (const CatalogProvider& provider : loading.catalog.providers()) {
    names.push_back(provider.name);
    names.push_back(provider.kind);
  }
  Advice advice = did_you_mean(kind, names);
  if (advice.text.empty()) advice = "say kind: openai_compatible and give its base_url";
  loading.add(Code::unknown_kind, place, std::move(message), std::move(advice));
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
  provider.habits = vendor.habits;
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
  // For some it is a part of the address, and then both may be said.
  const bool in_address = provider.hosting != Hosting::own;
  if (region != nullptr && regions != nullptr && !in_address) {
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
    read_dialect(entry, provider);
    read_credentials(loading, entry, vendor, provider);
    if (read_address(loading, entry, vendor, provider)) {
      copy_promises(loading, *vendor, entry.value, provider);
    }
    check_transport(loading, entry, provider);
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
