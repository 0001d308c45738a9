// Reading the catalog and writing excerpts of it; see catalog.h.
#include "config/catalog.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

namespace wye::config {
namespace {

namespace dom = simdjson::dom;

// Reads the fields of one object and remembers the first thing that is wrong.
class Fields {
 public:
  Fields(dom::object object, std::string& problem) : object_(object), problem_(problem) {}

  std::string text(std::string_view key) {
    dom::element value;
    if (object_[key].get(value) != simdjson::SUCCESS) return {};
    std::string_view out;
    if (value.get_string().get(out) != simdjson::SUCCESS) wrong(key, "text");
    return std::string(out);
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    for (const dom::element item : list(key)) {
      std::string_view one;
      if (item.get_string().get(one) != simdjson::SUCCESS) wrong(key, "a list of texts");
      out.emplace_back(one);
    }
    return out;
  }
  bool flag(std::string_view key, bool otherwise) {
    dom::element value;
    if (object_[key].get(value) != simdjson::SUCCESS) return otherwise;
    bool out = otherwise;
    if (value.get_bool().get(out) != simdjson::SUCCESS) wrong(key, "true or false");
    return out;
  }
  std::int64_t number(std::string_view key) {
    dom::element value;
    if (object_[key].get(value) != simdjson::SUCCESS) return 0;
    std::int64_t out = 0;
    if (value.get_int64().get(out) != simdjson::SUCCESS || out < 0) wrong(key, "a whole number");
    return out;
  }
  PicoUsdPerToken price(std::string_view key) {
    const std::string value = text(key);
    if (value.empty()) return -1;
    const auto parsed = parse_price_per_million(value);
    if (!parsed) wrong(key, "a decimal number in quotes");
    return parsed.value_or(-1);
  }
  std::vector<dom::element> list(std::string_view key) {
    dom::element value;
    if (object_[key].get(value) != simdjson::SUCCESS) return {};
    dom::array items;
    if (value.get_array().get(items) != simdjson::SUCCESS) {
      wrong(key, "a list");
      return {};
    }
    return {items.begin(), items.end()};
  }
  std::optional<dom::object> object(std::string_view key) {
    dom::object out;
    if (object_[key].get_object().get(out) != simdjson::SUCCESS) return std::nullopt;
    return out;
  }
  template <class Enum>
  Enum word(std::string_view key, std::optional<Enum> (*from)(std::string_view), Enum otherwise) {
    std::string value = text(key);
    if (value.empty()) return otherwise;
    std::replace(value.begin(), value.end(), '-', '_');
    const auto found = from(value);
    if (!found) wrong(key, "one of the known words");
    return found.value_or(otherwise);
  }
  void wrong(std::string_view key, std::string_view wanted) {
    if (problem_.empty()) problem_ = fmt::format("\"{}\" must be {}", key, wanted);
  }
  std::string& problem() { return problem_; }

 private:
  dom::object object_;
  std::string& problem_;
};

Price read_price(Fields fields) {
  return {fields.price("input"), fields.price("cache_read"), fields.price("cache_write"),
          fields.price("output")};
}

CatalogModel read_model(Fields fields) {
  CatalogModel model;
  model.id = fields.text("id");
  if (model.id.empty()) fields.wrong("id", "given");
  model.aliases = fields.texts("aliases");
  for (const std::string& name : fields.texts("endpoints")) {
    if (const auto endpoint = endpoint_from(name)) model.endpoints.insert(*endpoint);
  }
  for (const std::string& name : fields.texts("abilities")) {
    if (const auto ability = ability_from(name)) model.abilities.insert(*ability);
  }
  model.context_tokens = fields.number("context");
  model.output_tokens_max = fields.number("output_max");
  if (const auto price = fields.object("price")) {
    Fields prices(*price, fields.problem());
    model.price.base = read_price(prices);
    for (const dom::element item : prices.list("tiers")) {
      dom::object tier;
      if (item.get_object().get(tier) != simdjson::SUCCESS) continue;
      Fields of_tier(tier, fields.problem());
      model.price.tiers.push_back({of_tier.number("above"), read_price(of_tier)});
    }
  }
  // Embeddings and the like have no output tokens to pay for.
  const bool writes =
      model.endpoints.has(Endpoint::chat) || model.endpoints.has(Endpoint::responses);
  if (!writes && model.price.base.input >= 0 && model.price.base.output < 0)
    model.price.base.output = 0;
  model.released = fields.text("released");
  model.retires = fields.text("retires");
  return model;
}

ChatHabits read_habits(Fields fields) {
  ChatHabits habits;
  habits.output_limit = fields.word("output_limit", output_limit_from, OutputLimit::either);
  habits.developer_role = fields.flag("developer_role", true);
  habits.random_seed = fields.flag("random_seed", false);
  habits.stream_options = fields.flag("stream_options", true);
  habits.user = fields.flag("user", true);
  habits.prefix_flag = fields.text("prefix_flag");
  habits.tool_id_length = fields.number("tool_id_length");
  habits.reasoning_efforts = fields.texts("reasoning_efforts");
  return habits;
}

CatalogProvider read_provider(Fields fields) {
  CatalogProvider provider;
  provider.name = fields.text("name");
  provider.title = fields.text("title");
  provider.kind = fields.text("kind");
  provider.base_url = fields.text("base_url");
  provider.dialect = fields.word("dialect", dialect_from, DialectId::openai);
  provider.auth = fields.word("auth", auth_from, Auth::bearer);
  provider.api_key_variables = fields.texts("api_key_env");
  provider.regions = fields.texts("regions");
  provider.zdr = fields.flag("zdr", false);
  provider.any_model = fields.flag("any_model", false);
  provider.stream_usage = fields.word("stream_usage", stream_usage_from, StreamUsage::option);
  provider.done_marker = fields.flag("done_marker", true);
  provider.limit_headers =
      fields.word("rate_limit_headers", limit_headers_from, LimitHeaders::none);
  provider.output_excludes_reasoning = fields.flag("output_excludes_reasoning", false);
  if (const auto habits = fields.object("habits")) {
    provider.habits = read_habits(Fields(*habits, fields.problem()));
  }
  for (const dom::element item : fields.list("models")) {
    dom::object model;
    if (item.get_object().get(model) != simdjson::SUCCESS) continue;
    provider.models.push_back(read_model(Fields(model, fields.problem())));
  }
  return provider;
}

// The providers in a file: one, or the list of an excerpt.
std::vector<dom::object> providers_in(dom::element root) {
  std::vector<dom::object> out;
  dom::array list;
  dom::object one;
  if (root["providers"].get_array().get(list) == simdjson::SUCCESS) {
    for (const dom::element item : list) {
      if (item.get_object().get(one) == simdjson::SUCCESS) out.push_back(one);
    }
  } else if (root.get_object().get(one) == simdjson::SUCCESS) {
    out.push_back(one);
  }
  return out;
}

void write_models(dom::array models, const std::set<std::string>& ids, std::string& out) {
  for (const dom::element model : models) {
    std::string_view id;
    if (model["id"].get_string().get(id) != simdjson::SUCCESS || !ids.contains(std::string(id)))
      continue;
    if (out.back() != '[') out.push_back(',');
    out += simdjson::minify(model);
  }
}

// The JSON of a provider with only the models in `ids`, everything else untouched.
void write_excerpt(dom::object provider, const std::set<std::string>& ids, std::string& out) {
  out.push_back('{');
  for (const auto [key, value] : provider) {
    if (out.back() != '{') out.push_back(',');
    out += fmt::format("\"{}\":", key);
    if (key != "models") {
      out += simdjson::minify(value);
      continue;
    }
    out.push_back('[');
    dom::array models;
    if (value.get_array().get(models) == simdjson::SUCCESS) write_models(models, ids, out);
    out.push_back(']');
  }
  out.push_back('}');
}

}  // namespace

const CatalogModel* CatalogProvider::find_model(std::string_view name_) const {
  for (const CatalogModel& model : models) {
    if (model.id == name_) return &model;
  }
  for (const CatalogModel& model : models) {
    if (std::find(model.aliases.begin(), model.aliases.end(), name_) != model.aliases.end())
      return &model;
  }
  return nullptr;
}

Result<Catalog> Catalog::read(std::span<const CatalogFile> files) {
  Catalog catalog;
  dom::parser parser;
  for (const CatalogFile& file : files) {
    dom::element root;
    if (const auto error = parser.parse(file.json.data(), file.json.size()).get(root)) {
      return fail(FaultKind::config,
                  fmt::format("catalog {}: {}", file.name, simdjson::error_message(error)));
    }
    for (const dom::object& object : providers_in(root)) {
      std::string problem;
      catalog.providers_.push_back(read_provider(Fields(object, problem)));
      if (!problem.empty())
        return fail(FaultKind::config, fmt::format("catalog {}: {}", file.name, problem));
      catalog.sources_.push_back(file.json);
    }
  }
  return catalog;
}

Result<Catalog> Catalog::read_excerpt(std::string_view json) {
  const CatalogFile file{"excerpt", json};
  return read({&file, 1});
}

const CatalogProvider* Catalog::find(std::string_view name) const {
  for (const CatalogProvider& provider : providers_) {
    if (provider.name == name) return &provider;
  }
  for (const CatalogProvider& provider : providers_) {
    if (provider.kind == name && name != "openai_compatible") return &provider;
  }
  return nullptr;
}

std::string Catalog::excerpt(const UsedEntries& used) const {
  std::string out = "{\"providers\":[";
  dom::parser parser;
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    const auto found = used.find(providers_[i].name);
    if (found == used.end()) continue;
    dom::element root;
    if (parser.parse(sources_[i].data(), sources_[i].size()).get(root) != simdjson::SUCCESS)
      continue;
    for (const dom::object& provider : providers_in(root)) {
      std::string_view name;
      if (provider["name"].get_string().get(name) != simdjson::SUCCESS ||
          name != providers_[i].name)
        continue;
      if (out.back() != '[') out.push_back(',');
      write_excerpt(provider, found->second, out);
    }
  }
  out += "]}";
  return out;
}

}  // namespace wye::config
