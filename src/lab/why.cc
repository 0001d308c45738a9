#include "lab/why.h"

#include "config/load.h"
#include "core/record.h"
#include "policy/decide.h"
#include "wire/json.h"

namespace wye {
namespace {

Result<StoredRecord> find_row(StoreReader& store, std::string_view id) {
  Result<std::optional<StoredRecord>> row;
  if (id == "last") {
    row = store.last();
  } else if (const auto own = parse_request_id(id)) {
    row = store.find(*own);
  } else {
    row = store.find_client_id(id);
  }
  if (!row) return fail(std::move(row.error()));
  if (!*row) {
    return fail(FaultKind::not_found,
                id == "last" ? std::string("no request is recorded yet")
                             : "no recorded request has the id " + std::string(id) +
                                   "; what was refused before it was read as a request, "
                                   "and pages such as /v1/models, leave no record");
  }
  return std::move(**row);
}

// The policy as it was: its own text against its own catalog entries, without any secret.
Result<RulesPtr> read_policy(const StoredPolicy& policy) {
  Result<config::Catalog> catalog = config::Catalog::read_excerpt(policy.catalog_json);
  if (!catalog) return fail(std::move(catalog.error()));
  config::Environment environment;
  // Secrets and schemas decide nothing, but two keys must not look like one, a schema must be JSON,
  // and the address of a provider at Google may have its project from the credentials.
  const auto stand_in = [](const std::string& name) {
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("stand-in-for", name)
        .field("project_id", "p")
        .field("client_id", "c")
        .field("refresh_token", "r")
        .end_object();
    return json;
  };
  environment.variable = [=](const std::string& name) { return std::optional(stand_in(name)); };
  environment.read_file = [=](const std::string& path) -> Result<std::string> {
    return stand_in(path);
  };
  environment.now = policy.first_seen;
  const config::LoadResult loaded = config::load(policy.text, policy.path, *catalog, environment);
  if (!loaded.rules) {
    return fail(FaultKind::config,
                "the recorded policy " + policy.fingerprint.substr(0, 12) +
                    " cannot be read again:\n" +
                    config::format_text(loaded.diagnostics, policy.path, loaded.shown_text));
  }
  return loaded.rules;
}

}  // namespace

Result<Why> find_why(StoreReader& store, std::string_view id) {
  Result<StoredRecord> row = find_row(store, id);
  if (!row) return fail(std::move(row.error()));
  Result<std::optional<StoredPolicy>> policy = store.policy(row->policy);
  if (!policy) return fail(std::move(policy.error()));
  if (!*policy) {
    return fail(FaultKind::not_found,
                "the policy " + row->policy + " of this request is not stored");
  }
  Why why;
  Result<RulesPtr> rules = read_policy(**policy);
  if (!rules) return fail(std::move(rules.error()));
  why.rules = std::move(*rules);
  Result<Replay> record = read_record(row->body, *why.rules);
  if (!record) return fail(std::move(record.error()));
  why.record = std::move(*record);
  why.record_json = std::move(row->body);
  if (why.record.decided) {
    why.plan = decide(*why.rules, why.record.ask, why.record.facts);
    std::string again;
    write_plan_json(why.plan, *why.rules, again);
    why.identical = again == why.record.plan_json;
    why.steps = replay_steps(why.plan, *why.rules, why.record);
  }
  return why;
}

std::string why_json(const Why& why) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("record").raw(why.record_json);
  json.key("replay").begin_object();
  json.field("decided", why.record.decided);
  if (why.record.decided) {
    json.field("identical", why.identical).field("steps", to_string(why.steps.verdict));
    json.field("seed", why.record.facts.seed);
    json.field("now", format_time_utc(why.record.facts.now));
  }
  json.end_object().end_object();
  return out;
}

}  // namespace wye
