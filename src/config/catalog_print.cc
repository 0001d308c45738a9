// Tables and JSON of the catalog; see catalog_print.h.
#include "config/catalog_print.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "wire/json.h"

namespace wye::config {
namespace {

std::string joined_abilities(Abilities abilities) {
  std::string out;
  for (int i = 0; i < ability_count; ++i) {
    const auto ability = static_cast<Ability>(i);
    if (abilities.has(ability)) out += (out.empty() ? "" : " ") + std::string(to_string(ability));
  }
  return out;
}

std::string price_text(PicoUsdPerToken price) { return price < 0 ? "-" : format_price(price); }

// 1048576 -> "1049k"; exact below ten thousand.
std::string tokens_text(std::int64_t tokens) {
  if (tokens == 0) return "-";
  return tokens < 10'000 ? std::to_string(tokens) : fmt::format("{}k", (tokens + 500) / 1000);
}

void write_price(JsonWriter& json, std::string_view name, PicoUsdPerToken price) {
  json.key(name);
  if (price < 0) {
    json.null();
  } else {
    json.value(format_usd(price * 1000));
  }
}

void write_model(JsonWriter& json, const CatalogModel& model) {
  json.begin_object().field("id", model.id).key("aliases").begin_array();
  for (const std::string& alias : model.aliases) json.value(alias);
  json.end_array().key("endpoints").begin_array();
  for (int i = 0; i < endpoint_count; ++i) {
    if (model.endpoints.has(static_cast<Endpoint>(i)))
      json.value(to_string(static_cast<Endpoint>(i)));
  }
  json.end_array().key("abilities").begin_array();
  for (int i = 0; i < ability_count; ++i) {
    if (model.abilities.has(static_cast<Ability>(i)))
      json.value(to_string(static_cast<Ability>(i)));
  }
  json.end_array()
      .field("context", model.context_tokens)
      .field("output_max", model.output_tokens_max);
  json.key("price_usd_per_million").begin_object();
  write_price(json, "input", model.price.base.input);
  write_price(json, "cache_read", model.price.base.cache_read);
  write_price(json, "cache_write", model.price.base.cache_write);
  write_price(json, "output", model.price.base.output);
  json.end_object().field("released", model.released).field("retires", model.retires).end_object();
}

}  // namespace

std::string format_vendors(const Catalog& catalog) {
  std::string out = fmt::format("{:<12} {:>6}  {:<18} {:<10} {}\n", "VENDOR", "MODELS", "DIALECT",
                                "REGIONS", "BASE URL");
  for (const CatalogProvider& one : catalog.providers()) {
    out += fmt::format("{:<12} {:>6}  {:<18} {:<10} {}\n", one.name, one.models.size(),
                       to_string(one.dialect), fmt::join(one.regions, ","), one.base_url);
  }
  return out;
}

std::string format_vendors_json(const Catalog& catalog) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const CatalogProvider& one : catalog.providers()) {
    json.begin_object()
        .field("name", one.name)
        .field("title", one.title)
        .field("dialect", to_string(one.dialect));
    json.field("base_url", one.base_url).key("api_key_env").begin_array();
    for (const std::string& variable : one.api_key_variables) json.value(variable);
    json.end_array().key("regions").begin_array();
    for (const std::string& region : one.regions) json.value(region);
    json.end_array()
        .field("zdr", one.zdr)
        .field("models", static_cast<std::int64_t>(one.models.size()))
        .end_object();
  }
  json.end_array();
  out.push_back('\n');
  return out;
}

std::optional<std::string> format_models(const Catalog& catalog, std::string_view vendor) {
  const CatalogProvider* provider = catalog.find(vendor);
  if (provider == nullptr) return std::nullopt;
  std::size_t width = 5;
  for (const CatalogModel& model : provider->models) width = std::max(width, model.id.size());
  std::string out = fmt::format("{:<{}}  {:>7} {:>7} {:>10} {:>10}  {}\n", "MODEL", width,
                                "CONTEXT", "OUTPUT", "IN", "OUT", "ABILITIES");
  for (const CatalogModel& model : provider->models) {
    out += fmt::format("{:<{}}  {:>7} {:>7} {:>10} {:>10}  {}{}\n", model.id, width,
                       tokens_text(model.context_tokens), tokens_text(model.output_tokens_max),
                       price_text(model.price.base.input), price_text(model.price.base.output),
                       joined_abilities(model.abilities),
                       model.retires.empty() ? "" : " (retires " + model.retires + ")");
  }
  return out;
}

std::optional<std::string> format_models_json(const Catalog& catalog, std::string_view vendor) {
  const CatalogProvider* provider = catalog.find(vendor);
  if (provider == nullptr) return std::nullopt;
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const CatalogModel& model : provider->models) write_model(json, model);
  json.end_array();
  out.push_back('\n');
  return out;
}

std::string_view nearest_vendor(const Catalog& catalog, std::string_view name) {
  std::vector<std::string_view> names;
  for (const CatalogProvider& one : catalog.providers()) names.push_back(one.name);
  return nearest(name, names);
}

}  // namespace wye::config
