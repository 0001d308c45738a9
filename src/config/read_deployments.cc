// deployments: a model at a provider, completed from the catalog; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/check_shape.h"
#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

constexpr TimeMs day_ms = 86'400'000;

int find_provider(Loading& loading, const Node& name) {
  std::vector<std::string_view> known;
  const auto& providers = loading.rules.providers;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    if (providers[i].name == name.text) {
      loading.provider_used[i] = true;
      return static_cast<int>(i);
    }
    known.push_back(providers[i].name);
  }
  loading.add(Code::unknown_name, place_of(name),
              fmt::format("there is no provider {}", shown(name)), did_you_mean(name.text, known));
  return -1;
}

void copy_model(const CatalogModel& model, Deployment& deployment) {
  deployment.price = model.price;
  deployment.context_tokens = model.context_tokens;
  deployment.output_tokens_max = model.output_tokens_max;
  deployment.abilities = model.abilities;
  deployment.abilities_known = true;
  deployment.endpoints = model.endpoints;
}

void check_retirement(Loading& loading, const CatalogModel& model, const Node& name) {
  Node date;
  date.kind = Node::Kind::scalar;
  date.text = model.retires;
  const auto end = read_date(&date);
  if (!end || *end > loading.environment.now + 90 * day_ms) return;
  const bool past = *end <= loading.environment.now;
  loading.add(Code::model_retires, place_of(name),
              fmt::format("model {} {} on {}", shown(name), past ? "was retired" : "retires",
                          model.retires));
}

// "gpt-4o" of "openai/gpt-4o", which is how some gateways write the provider and the model; "" when
// the beginning is a part of the vendor's own names.
std::string_view without_provider(const CatalogProvider& vendor, std::string_view model) {
  const std::string prefix = vendor.name + "/";
  const bool usual =
      std::any_of(vendor.models.begin(), vendor.models.end(),
                  [&](const CatalogModel& one) { return one.id.starts_with(prefix); });
  // OpenRouter's own models, such as openrouter/auto, are not in the catalog.
  if (usual || vendor.name == "openrouter" || !model.starts_with(prefix)) return {};
  return model.substr(prefix.size());
}

Advice advice_on_model(const CatalogProvider& vendor, std::string_view model) {
  if (const std::string_view bare = without_provider(vendor, model); !bare.empty()) {
    return fmt::format("write \"{}\": the provider's name is not a part of the model's", bare);
  }
  if (vendor.name == "azure") return "give its price, context and abilities in the deployment";
  std::vector<std::string_view> known;
  for (const CatalogModel& one : vendor.models) known.push_back(one.id);
  return did_you_mean(nearest(model, known));
}

void add_unknown_model(Loading& loading, const CatalogProvider& vendor, const Node& name) {
  // At Azure a model is called as its owner likes, so there is nothing that it could be a slip for.
  const std::string message =
      vendor.name == "azure"
          ? fmt::format(
                "model {} is a name of your own at azure, so wye cannot know its price and "
                "abilities",
                shown(name))
          : fmt::format(
                "the catalog does not know model {} of {}; its price and abilities are not "
                "known",
                shown(name), vendor.name);
  loading.add(Code::unknown_model, place_of(name), message, advice_on_model(vendor, name.text));
}

// What a vendor's own interface offers and its OpenAI-compatible address does not: Anthropic's
// takes response_format and documents without a word and does not act on them.
Abilities lost_by_compatibility(const Provider& provider, const CatalogProvider& vendor) {
  const bool foreign =
      provider.kind == "openai_compatible" && vendor.dialect == DialectId::anthropic;
  return foreign ? Abilities{Ability::json_schema, Ability::json_object, Ability::documents}
                 : Abilities{};
}

// Looks the model up; nothing that the file says is known yet.
void complete_from_catalog(Loading& loading, const Node& settings, Deployment& deployment) {
  const Node* name = settings.find("model");
  const CatalogProvider* vendor = loading.models_of[static_cast<std::size_t>(deployment.provider)];
  const CatalogModel* model = vendor == nullptr ? nullptr : vendor->find_model(deployment.model);
  if (model != nullptr) {
    loading.used[vendor->name].insert(model->id);
    copy_model(*model, deployment);
    const Provider& provider =
        loading.rules.providers[static_cast<std::size_t>(deployment.provider)];
    deployment.abilities = deployment.abilities.minus(lost_by_compatibility(provider, *vendor));
    check_retirement(loading, *model, *name);
  } else if (vendor != nullptr && settings.find("price") == nullptr) {
    add_unknown_model(loading, *vendor, *name);
  }
}

Endpoints all_endpoints() {
  Endpoints all;
  for (int i = 0; i < endpoint_count; ++i) all.insert(static_cast<Endpoint>(i));
  return all;
}

void read_overrides(const Node& settings, Deployment& deployment) {
  if (const Node* price = settings.find("price"); price != nullptr && price->is_map()) {
    deployment.price = {};
    Price& base = deployment.price.base;
    base.input = read_price(price->find("input")).value_or(-1);
    base.cache_read = read_price(price->find("cache_read")).value_or(-1);
    base.cache_write = read_price(price->find("cache_write")).value_or(-1);
    base.output = read_price(price->find("output")).value_or(-1);
  }
  if (const auto context = read_count(settings.find("context")))
    deployment.context_tokens = *context;
  if (const auto output = read_count(settings.find("output_max")))
    deployment.output_tokens_max = *output;
  if (const Node* list = settings.find("abilities")) {
    deployment.abilities = {};
    deployment.abilities_known = true;
    for (const Node* name : read_list(list)) {
      if (const auto ability = ability_from(name->text)) deployment.abilities.insert(*ability);
    }
  }
  if (const Node* list = settings.find("endpoints")) {
    deployment.endpoints = {};
    for (const Node* name : read_list(list)) {
      if (const auto endpoint = endpoint_from(name->text)) deployment.endpoints.insert(*endpoint);
    }
  }
}

void read_limits(const Node& settings, Deployment& deployment) {
  const Node* limits = settings.find("limits");
  if (limits == nullptr) return;
  deployment.limits.requests_per_minute = read_count(limits->find("rpm")).value_or(0);
  deployment.limits.tokens_per_minute = read_count(limits->find("tpm")).value_or(0);
  deployment.limits.parallel = read_count(limits->find("parallel")).value_or(0);
}

void read_deployment(Loading& loading, const Entry& entry) {
  Deployment deployment;
  deployment.name = entry.key;
  deployment.where = entry.where;
  deployment.endpoints = all_endpoints();
  const Node* provider = entry.value.find("provider");
  deployment.model = read_text(entry.value.find("model"));
  // A deployment without a good provider stays in the rules with provider -1, so that its name is
  // not reported as unknown as well; such rules are never handed out.
  const int found =
      provider == nullptr || !provider->is_scalar() ? -1 : find_provider(loading, *provider);
  deployment.provider = found;
  if (found >= 0 && !deployment.model.empty())
    complete_from_catalog(loading, entry.value, deployment);
  read_overrides(entry.value, deployment);
  read_limits(entry.value, deployment);
  loading.rules.deployments.push_back(std::move(deployment));
  loading.deployment_used.push_back(false);
}

}  // namespace

void read_deployments(Loading& loading) {
  for (const Entry& entry : loading.entries("deployments")) read_deployment(loading, entry);
  loading.rules.index_names();
}

}  // namespace wye::config
