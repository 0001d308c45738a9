// What the online check found, for people and for programs; see lab/online_check.h.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/credential.h"
#include "lab/online_check.h"
#include "wire/json.h"

namespace wye {
namespace {

const Provider& provider_of(const ProviderProbe& probe, const Rules& rules) {
  return rules.providers[static_cast<std::size_t>(probe.provider)];
}
const Deployment& deployment_of(const ModelProbe& model, const Rules& rules) {
  return rules.deployments[static_cast<std::size_t>(model.deployment)];
}

std::string_view word(Probed probed) {
  switch (probed) {
    case Probed::yes: return "yes";
    case Probed::no: return "NO";
    case Probed::unknown: break;
  }
  return "-";
}

// A URL of the file can hold no secret: one with a user or password is refused.
std::string url_of(const Provider& provider) {
  return fmt::format("{}://{}{}", provider.base_url.tls ? "https" : "http",
                     host_of(provider.base_url), provider.base_url.path);
}

void write(JsonWriter& json, JsonKey name, Probed probed) {
  json.key(name);
  if (probed == Probed::unknown) {
    json.null();
  } else {
    json.value(probed == Probed::yes);
  }
}

std::size_t widest(std::size_t least, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) least = std::max(least, text.size());
  return least;
}

}  // namespace

std::string online_table(const std::vector<ProviderProbe>& probes, const Rules& rules) {
  std::vector<std::string> names, models, urls;
  for (const ProviderProbe& probe : probes) {
    names.push_back(provider_of(probe, rules).name);
    urls.push_back(url_of(provider_of(probe, rules)));
    for (const ModelProbe& model : probe.models) {
      names.push_back(deployment_of(model, rules).name);
      models.push_back(deployment_of(model, rules).model);
    }
  }
  const std::size_t name_width = widest(10, names);
  const std::size_t url_width = widest(7, urls);
  const std::size_t model_width = widest(5, models);
  std::string out = fmt::format("{:<{}}  {:<{}}  REACHED  TLS  KEY  TIME\n", "PROVIDER", name_width,
                                "ADDRESS", url_width);
  for (const ProviderProbe& probe : probes) {
    const Provider& provider = provider_of(probe, rules);
    out += fmt::format("{:<{}}  {:<{}}  {:<7}  {:<3}  {:<3}  {} ms\n", provider.name, name_width,
                       url_of(provider), url_width, word(probe.reached), word(probe.tls),
                       word(probe.key), (probe.took_us + 500) / 1'000);
  }
  out += fmt::format("\n{:<{}}  {:<{}}  OFFERED\n", "DEPLOYMENT", name_width, "MODEL", model_width);
  for (const ProviderProbe& probe : probes) {
    for (const ModelProbe& model : probe.models) {
      const Deployment& deployment = deployment_of(model, rules);
      out += fmt::format("{:<{}}  {:<{}}  {}\n", deployment.name, name_width, deployment.model,
                         model_width, word(model.offered));
    }
  }
  return out;
}

std::string online_json(const std::vector<ProviderProbe>& probes, const Rules& rules) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("providers").begin_array();
  for (const ProviderProbe& probe : probes) {
    const Provider& provider = provider_of(probe, rules);
    json.begin_object().field("name", provider.name).field("url", url_of(provider));
    write(json, "reached", probe.reached);
    write(json, "tls", probe.tls);
    write(json, "key", probe.key);
    json.field("took_ms", static_cast<double>(probe.took_us) / 1'000);
    if (probe.fault) json.field("error", probe.fault->message);
    json.end_object();
  }
  json.end_array().key("deployments").begin_array();
  for (const ProviderProbe& probe : probes) {
    for (const ModelProbe& model : probe.models) {
      const Deployment& deployment = deployment_of(model, rules);
      json.begin_object().field("name", deployment.name);
      json.field("provider", provider_of(probe, rules).name).field("model", deployment.model);
      write(json, "offered", model.offered);
      json.end_object();
    }
  }
  json.end_array().end_object();
  return out;
}

}  // namespace wye
