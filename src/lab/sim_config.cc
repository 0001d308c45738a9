// Sim config: reading it from JSON. See sim_config.h.
#include "lab/sim_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "lab/sim_dom.h"

namespace wye {
namespace {

using dom::Element;

// Of a name that no fault has; null when there is one.
std::optional<Fault> unknown_fault(std::string_view name) {
  if (sim_fault_kind_from(name)) return std::nullopt;
  const std::vector<std::string_view> names = sim_fault_names();
  const std::string_view meant = nearest(name, names);
  return fault(FaultKind::config,
               meant.empty() ? fmt::format("the simulator has no fault \"{}\"; it has {}", name,
                                           fmt::join(names, ", "))
                             : fmt::format("the simulator has no fault \"{}\"; is \"{}\" meant?",
                                           name, meant));
}

Fault unknown(std::string_view field, std::span<const std::string_view> known) {
  const std::string_view meant = nearest(field, known);
  return fault(FaultKind::config,
               meant.empty() ? fmt::format("the simulator has no field \"{}\"", field)
                             : fmt::format("the simulator has no field \"{}\"; is \"{}\" meant?",
                                           field, meant));
}

Fault wrong(std::string_view field, std::string_view wanted) {
  return fault(FaultKind::config,
               fmt::format("the simulator's field \"{}\" must be {}", field, wanted));
}

// Puts a field's value where it belongs; a Fault when its type or range does not fit.
template <class T>
Result<void> take_integer(const Element& value, std::string_view field, T& into,
                          std::int64_t least = 0, std::int64_t most = INT64_MAX) {
  const auto number = dom::integer(value);
  if (!number || *number < least || *number > most)
    return fail(
        wrong(field, least == 0 ? "a whole number, not negative" : "a whole number in its range"));
  into = static_cast<T>(*number);
  return {};
}

Result<void> take_number(const Element& value, std::string_view field, double& into, double most) {
  const auto number = dom::number(value);
  if (!number || *number < 0 || *number > most)
    return fail(wrong(field, fmt::format("from 0 to {}", most)));
  into = *number;
  return {};
}

Result<void> take_text(const Element& value, std::string_view field, std::string& into) {
  const auto text = dom::text(value);
  if (!text) return fail(wrong(field, "a string"));
  into = *text;
  return {};
}

Result<void> take_flag(const Element& value, std::string_view field, bool& into) {
  const auto flag = dom::flag(value);
  if (!flag) return fail(wrong(field, "true or false"));
  into = *flag;
  return {};
}

Result<void> take_fault_field(std::string_view field, const Element& value, SimFault& into) {
  static constexpr std::string_view known[] = {"kind",    "rate",         "count",         "for_ms",
                                               "wait_ms", "after_tokens", "retry_after_ms"};
  if (field == "kind") {
    const auto name = dom::text(value);
    if (!name) return fail(wrong(field, "the name of a simulated fault"));
    if (auto none = unknown_fault(*name)) return fail(std::move(*none));
    into.kind = *sim_fault_kind_from(*name);
    return {};
  }
  if (field == "rate") return take_number(value, field, into.rate, 1);
  if (field == "count") return take_integer(value, field, into.count, -1);
  if (field == "for_ms") return take_integer(value, field, into.for_ms, -1);
  if (field == "wait_ms") return take_integer(value, field, into.wait_ms, -1);
  if (field == "after_tokens") return take_integer(value, field, into.after_tokens, 0, 1'000'000);
  if (field == "retry_after_ms") return take_integer(value, field, into.retry_after_ms, -1);
  return fail(unknown(field, known));
}

// A fault is its name, or an object with details.
Result<SimFault> read_fault(const Element& value) {
  SimFault result;
  if (const auto name = dom::text(value)) {
    if (auto none = unknown_fault(trim(split(*name, ';').front()))) return fail(std::move(*none));
    const auto parsed = parse_sim_fault(*name);
    if (!parsed)
      return fail(
          wrong("faults", fmt::format("names like \"cut;after_tokens=3\", not \"{}\"", *name)));
    return *parsed;
  }
  const auto fields = dom::object(value);
  if (!fields || !dom::get(value, "kind"))
    return fail(wrong("faults", "a list of fault names or objects with a \"kind\""));
  for (const auto [field, of] : *fields)
    if (auto done = take_fault_field(field, of, result); !done) return fail(done.error());
  return result;
}

Result<void> take_faults(const Element& value, std::vector<SimFault>& into) {
  const auto list = dom::array(value);
  if (!list) return fail(wrong("faults", "a list"));
  into.clear();
  for (const Element one : *list) {
    auto read = read_fault(one);
    if (!read) return fail(read.error());
    into.push_back(*read);
  }
  return {};
}

Result<void> take_model_field(std::string_view field, const Element& value, SimModel& into) {
  static constexpr std::string_view known[] = {"name",
                                               "ttft_ms",
                                               "tokens_per_second",
                                               "jitter",
                                               "words_min",
                                               "words_max",
                                               "faults",
                                               "context_tokens_max",
                                               "requests_per_minute",
                                               "tokens_per_minute",
                                               "calls_when_told"};
  if (field == "calls_when_told") return take_flag(value, field, into.calls_when_told);
  if (field == "name") return take_text(value, field, into.name);
  if (field == "ttft_ms") return take_integer(value, field, into.ttft_ms);
  if (field == "tokens_per_second") return take_number(value, field, into.tokens_per_second, 1e6);
  if (field == "jitter") return take_number(value, field, into.jitter, 1);
  if (field == "words_min") return take_integer(value, field, into.words_min, 0, 1'000'000);
  if (field == "words_max") return take_integer(value, field, into.words_max, 0, 1'000'000);
  if (field == "context_tokens_max") return take_integer(value, field, into.context_tokens_max);
  if (field == "requests_per_minute") return take_integer(value, field, into.requests_per_minute);
  if (field == "tokens_per_minute") return take_integer(value, field, into.tokens_per_minute);
  if (field == "faults") return take_faults(value, into.faults);
  return fail(unknown(field, known));
}

Result<void> take_model(const Element& value, SimModel& into) {
  const auto fields = dom::object(value);
  if (!fields) return fail(wrong("models", "a list of objects"));
  for (const auto [field, of] : *fields)
    if (auto done = take_model_field(field, of, into); !done) return done;
  into.words_max = std::max(into.words_min, into.words_max);
  return {};
}

Result<void> take_models(const Element& value, std::vector<SimModel>& into) {
  const auto list = dom::array(value);
  if (!list) return fail(wrong("models", "a list of objects"));
  into.clear();
  for (const Element one : *list)
    if (auto done = take_model(one, into.emplace_back()); !done) return done;
  return {};
}

Result<void> take_field(std::string_view field, const Element& value, SimConfig& into) {
  static constexpr std::string_view known[] = {"host",    "port",       "seed",  "api_key",
                                               "log_max", "log_bodies", "models"};
  if (field == "host") return take_text(value, field, into.host);
  if (field == "port") return take_integer(value, field, into.port, 0, 65'535);
  if (field == "seed") return take_integer(value, field, into.seed);
  if (field == "api_key") return take_text(value, field, into.api_key);
  if (field == "log_max") return take_integer(value, field, into.log_max, 0, 10'000'000);
  if (field == "models") return take_models(value, into.models);
  if (field != "log_bodies") return fail(unknown(field, known));
  return take_flag(value, field, into.log_bodies);
}

// A fault that is set for a misspelled model would never strike.
Fault unknown_model(std::string_view name, const std::vector<SimModel>& models) {
  std::vector<std::string_view> names;
  for (const SimModel& model : models) names.push_back(model.name);
  return fault(FaultKind::config,
               fmt::format("\"name\": the simulator has no model \"{}\"; it has {}", name,
                           fmt::join(names, ", ")));
}

Result<Element> parse(simdjson::dom::parser& parser, std::string_view json) {
  Element root;
  const auto error = parser.parse(json.data(), json.size()).get(root);
  if (error != simdjson::SUCCESS)
    return fail(FaultKind::config, fmt::format("the simulator's configuration is not JSON: {}",
                                               simdjson::error_message(error)));
  if (!root.is_object())
    return fail(FaultKind::config, "the simulator's configuration must be an object");
  return root;
}

}  // namespace

Result<SimConfig> parse_sim_config(std::string_view json) {
  simdjson::dom::parser parser;
  auto root = parse(parser, json);
  if (!root) return fail(root.error());
  SimConfig config;
  const auto fields = dom::object(*root);
  for (const auto [field, value] : *fields)
    if (auto done = take_field(field, value, config); !done) return fail(done.error());
  return config;
}

Result<SimChange> change_sim_models(std::string_view json, std::vector<SimModel>& models) {
  simdjson::dom::parser parser;
  auto root = parse(parser, json);
  if (!root) return fail(root.error());
  const std::string name(dom::text(*root, "name").value_or("*"));
  const auto same = [&](const SimModel& model) { return model.name == name; };
  const auto at = std::find_if(models.begin(), models.end(), same);
  // A new model starts from what it was served by so far.
  const SimModel* before = at != models.end() ? &*at : find_sim_model(models, name);
  if (before == nullptr) return fail(unknown_model(name, models));
  SimModel changed = *before;
  changed.name = name;
  if (auto done = take_model(*root, changed); !done) return fail(done.error());
  if (at != models.end()) {
    *at = std::move(changed);
    return SimChange{name, {}};
  }
  SimChange made{name, before->name};
  models.push_back(std::move(changed));
  return made;
}

SimModel* find_sim_model(std::vector<SimModel>& models, std::string_view name) {
  SimModel* best = nullptr;
  for (SimModel& model : models) {
    if (model.name == name) return &model;
    if (!model.name.ends_with('*')) continue;
    if (!name.starts_with(std::string_view(model.name).substr(0, model.name.size() - 1))) continue;
    if (best == nullptr || model.name.size() > best->name.size()) best = &model;
  }
  return best;
}

}  // namespace wye
