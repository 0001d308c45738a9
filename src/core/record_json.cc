// Writing the whole story of one request. The parts are in ask_json, facts_json, plan_json and
// outcome_json.
#include "core/json_fields.h"
#include "core/outcome_json.h"
#include "core/record.h"

namespace wye {
namespace {

// Of the policy's fingerprint, as answers show it too. The store keeps all of it beside the record.
constexpr std::size_t shown_digits = 12;

// A part that writes itself, as the value of a field.
template <class Write>
void field_part(JsonWriter& json, std::string& out, JsonKey name, Write write) {
  json.key(name);
  json.raw("");  // takes the place of the value; the part follows it
  write(out);
}

void write_decision(JsonWriter& json, std::string& out, const Record& record, const Rules& rules) {
  field_part(json, out, "ask", [&](std::string& to) { write_ask_json(record.ask, to); });
  if (!record.decided) return;
  field_part(json, out, "facts",
             [&](std::string& to) { write_facts_json(record.facts, record.plan, rules, to); });
  field_part(json, out, "plan", [&](std::string& to) { write_plan_json(record.plan, rules, to); });
}

void write_end(JsonWriter& json, const Record& record, const Rules& rules) {
  json.field("status", record.status);
  if (record.fault) write_fault(json, "fault", *record.fault);
  const auto served_by = static_cast<std::size_t>(record.served_by);
  if (served_by < rules.deployments.size())
    json.field("served_by", rules.deployments[served_by].name);
  field_unless_empty(json, "degraded", record.degraded);
  field_unless_empty(json, "drill", record.drill);
  if (record.usage != usage_served(record.outcomes)) write_usage(json, "usage", record.usage);
  json.field("cost_nanousd", record.cost_nanousd);
  if (!record.cost_known) json.field("cost_known", false);
  field_unless(json, "baseline_cost_nanousd", record.baseline_cost_nanousd, NanoUsd{-1});
  field_unless(json, "ttft_us", record.ttft_us, std::int64_t{-1});
  json.field("total_us", record.total_us);
  json.field("overhead_us", record.overhead_us);
}

void write_with(const Record& record, const Rules& rules, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("id", format_request_id(record.id));
  field_unless_empty(json, "client_id", record.client_id);
  json.field("started", record.started);
  field_unless_empty(json, "policy", std::string_view(rules.fingerprint).substr(0, shown_digits));
  field_unless_empty(json, "request", record.method_and_path);
  write_decision(json, out, record, rules);
  if (!record.outcomes.empty()) {
    json.key("outcomes");
    json.begin_array();
    for (const Outcome& outcome : record.outcomes) {
      write_outcome(json, outcome, rules, record.started, record.ask.stream);
    }
    json.end_array();
  }
  write_end(json, record, rules);
  json.end_object();
}

}  // namespace

void write_record_json(const Record& record, std::string& out) {
  constexpr std::size_t usual_bytes = 2048;
  out.reserve(out.size() + usual_bytes);
  if (record.rules) return write_with(record, *record.rules, out);
  write_with(record, Rules{}, out);  // a request that ended before any rules were read
}

}  // namespace wye
