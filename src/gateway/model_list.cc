#include "gateway/model_list.h"

#include "policy/resolve.h"
#include "wire/json.h"

namespace wye {
namespace {

void write_openai_model(JsonWriter& json, std::string_view name, std::string_view owner) {
  json.begin_object()
      .field("id", name)
      .field("object", "model")
      .field("created", 0)
      .field("owned_by", owner)
      .end_object();
}

void write_anthropic_model(JsonWriter& json, std::string_view name) {
  json.begin_object()
      .field("type", "model")
      .field("id", name)
      .field("display_name", name)
      .field("created_at", "1970-01-01T00:00:00Z")
      .end_object();
}

void write_gemini_model(JsonWriter& json, std::string_view name) {
  json.begin_object()
      .field("name", "models/" + std::string(name))
      .field("displayName", name)
      .key("supportedGenerationMethods")
      .begin_array();
  for (const char* method : {"generateContent", "streamGenerateContent", "embedContent",
                             "batchEmbedContents", "countTokens"}) {
    json.value(method);
  }
  json.end_array().end_object();
}

void write_model(JsonWriter& json, DialectId client, std::string_view name,
                 std::string_view owner) {
  if (client == DialectId::anthropic) return write_anthropic_model(json, name);
  if (client == DialectId::gemini) return write_gemini_model(json, name);
  write_openai_model(json, name, owner);
}

std::string_view provider_name(const Rules& rules, const Deployment& deployment) {
  return rules.providers[static_cast<std::size_t>(deployment.provider)].name;
}

void write_models(JsonWriter& json, const Rules& rules, DialectId client) {
  for (const Route& route : rules.routes) {
    // A task with a list of its own has a route of the same name, which is no further choice.
    if (!route.name.starts_with(task_prefix)) write_model(json, client, route.name, "wye");
  }
  for (const Deployment& deployment : rules.deployments) {
    write_model(json, client, deployment.name, provider_name(rules, deployment));
  }
}

// What a key may name. Models are within its default task, where it has one.
class Offer {
 public:
  Offer(const Rules& rules, int key)
      : key_(key < 0 ? nullptr : &rules.keys[static_cast<std::size_t>(key)]) {}

  bool has_task(int task) const { return key_ == nullptr || may_use(*key_, task); }
  bool has_models() const { return key_ == nullptr || may_use(*key_, key_->default_task); }

 private:
  const Key* key_;
};

}  // namespace

std::string model_list_json(const Rules& rules, int key, DialectId client) {
  const Offer offer(rules, key);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (client == DialectId::openai) json.field("object", "list");
  if (client == DialectId::anthropic) json.field("has_more", false);
  json.key(client == DialectId::gemini ? "models" : "data").begin_array();
  for (std::size_t i = 0; i < rules.tasks.size(); ++i) {
    if (offer.has_task(static_cast<int>(i)))
      write_model(json, client, std::string(task_prefix) + rules.tasks[i].name, "wye");
  }
  if (offer.has_models()) write_models(json, rules, client);
  json.end_array().end_object();
  return out;
}

std::string model_json(const Rules& rules, int key, std::string_view name, DialectId client) {
  const Offer offer(rules, key);
  std::string_view owner;
  if (name.starts_with(task_prefix)) {
    const int task = find_index(rules.task_by_name, name.substr(task_prefix.size()));
    if (task >= 0 && offer.has_task(task)) owner = "wye";
  } else if (!offer.has_models()) {
    return {};
  } else if (find_index(rules.route_by_name, name) >= 0) {
    owner = "wye";
  } else if (const int index = find_index(rules.deployment_by_name, name); index >= 0) {
    owner = provider_name(rules, rules.deployments[static_cast<std::size_t>(index)]);
  }
  if (owner.empty()) return {};
  std::string out;
  JsonWriter json(out);
  write_model(json, client, name, owner);
  return out;
}

}  // namespace wye
