// Reading records: one table of fields a noun, each field a name and where its value goes.
#include "core/record_read.h"

#include <array>
#include <charconv>
#include <limits>
#include <tuple>

#include "core/outcome_json.h"
#include "wire/json.h"

namespace wye {
namespace {

// --- one reader a type of value ---

Result<void> read(JsonValue& value, std::string_view path, std::string& into) {
  const auto text = read_string(value, path);
  if (!text) return fail(text.error());
  into = *text;
  return {};
}

Result<void> read(JsonValue& value, std::string_view path, bool& into) {
  const auto flag = read_bool(value, path);
  if (!flag) return fail(flag.error());
  into = *flag;
  return {};
}

Result<void> read(JsonValue& value, std::string_view path, std::int64_t& into) {
  const auto number = read_int(value, path);
  if (!number) return fail(number.error());
  into = *number;
  return {};
}

Result<void> read(JsonValue& value, std::string_view path, std::int32_t& into) {
  const auto number = read_int(value, path);
  if (!number) return fail(number.error());
  using Limits = std::numeric_limits<std::int32_t>;
  if (*number < Limits::min() || *number > Limits::max())
    return fail(wrong_type(path, "a small integer"));
  into = static_cast<std::int32_t>(*number);
  return {};
}

// A 64-bit value in hexadecimal.
struct Hex {
  std::uint64_t& into;
};
Result<void> read(JsonValue& value, std::string_view path, Hex hex) {
  const auto text = read_string(value, path);
  if (!text) return fail(text.error());
  const auto end = std::from_chars(text->data(), text->data() + text->size(), hex.into, 16);
  if (end.ec != std::errc() || end.ptr != text->data() + text->size()) {
    return fail(wrong_type(path, "a hexadecimal number in quotes"));
  }
  return {};
}

// An enum by its name.
template <class Enum>
struct Named {
  Enum& into;
  std::optional<Enum> (*find)(std::string_view);
};
template <class Enum>
Result<void> read(JsonValue& value, std::string_view path, Named<Enum> named) {
  const auto text = read_string(value, path);
  if (!text) return fail(text.error());
  const auto found = named.find(*text);
  if (!found) return fail(wrong_type(path, "one of the known names"));
  named.into = *found;
  return {};
}

struct FaultNumber {
  std::uint8_t& into;
};
Result<void> read(JsonValue& value, std::string_view path, FaultNumber number) {
  FaultKind kind = FaultKind::internal;
  auto done = read(value, path, Named<FaultKind>{kind, fault_kind_from});
  number.into = static_cast<std::uint8_t>(kind);
  return done;
}

// --- objects and lists ---

// Anything else: a function that is given the value.
template <class Read>
struct By {
  Read read_value;
};
template <class Read>
By(Read) -> By<Read>;
template <class Read>
Result<void> read(JsonValue& value, std::string_view path, By<Read> by) {
  return by.read_value(value, path);
}

template <class Into>
struct Field {
  std::string_view name;
  Into into;
};
template <class Into>
Field<Into&> to(std::string_view name, Into& into) {
  return {name, into};
}
template <class Into>
Field<Into> as(std::string_view name, Into into) {
  return {name, into};
}

Result<JsonObject> object_of(JsonValue& value, std::string_view path) {
  JsonObject object;
  if (value.get_object().get(object) != simdjson::SUCCESS)
    return fail(wrong_type(path, "an object"));
  return object;
}

// Reads the fields that are listed; unknown ones are those of a later version and passed over.
template <class... Fields>
Result<void> read_fields(JsonObject& object, std::string_view path, Fields... fields) {
  return for_each_field(object, path, {},
                        [&](std::string_view key, JsonValue& value) -> Result<void> {
                          Result<void> done;
                          const auto matches = [&](auto& field) {
                            if (field.name != key) return false;
                            done = read(value, key, field.into);
                            return true;
                          };
                          (void)(matches(fields) || ...);
                          return done;
                        });
}

template <class... Fields>
Result<void> read_object(JsonValue& value, std::string_view path, Fields... fields) {
  auto object = object_of(value, path);
  if (!object) return fail(object.error());
  return read_fields(*object, path, fields...);
}

template <class OnElement>
Result<void> for_each_element(JsonValue& value, std::string_view path, OnElement on_element) {
  JsonArray array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return fail(wrong_type(path, "a list"));
  for (auto element : array) {
    JsonValue one;
    if (element.get(one) != simdjson::SUCCESS) return fail(wrong_type(path, "a list of values"));
    if (auto done = on_element(one); !done) return done;
  }
  return {};
}

// --- the parts of a record ---

Result<void> read_needs(JsonValue& value, std::string_view path, Abilities& needs) {
  return for_each_element(value, path, [&](JsonValue& one) {
    Ability ability = Ability::tools;
    auto done = read(one, path, Named<Ability>{ability, ability_from});
    needs.insert(ability);
    return done;
  });
}

Result<void> read_tags(JsonValue& value, std::string_view path, std::vector<std::string>& tags) {
  return for_each_element(value, path,
                          [&](JsonValue& one) { return read(one, path, tags.emplace_back()); });
}

Result<void> read_metadata(JsonValue& value, std::string_view path, AskFacts& ask) {
  return for_each_element(value, path, [&](JsonValue& pair) {
    auto& entry = ask.metadata.emplace_back();
    int position = 0;
    return for_each_element(pair, path, [&](JsonValue& one) {
      return read(one, path, position++ == 0 ? entry.first : entry.second);
    });
  });
}

Result<void> read_ask(JsonValue& value, std::string_view path, AskFacts& ask) {
  return read_object(
      value, path, as("endpoint", Named<Endpoint>{ask.endpoint, endpoint_from}),
      to("model", ask.model), to("task_header", ask.task_header),
      to("task_metadata", ask.task_metadata), to("key", ask.key), to("team", ask.team),
      as("needs",
         By{[&](JsonValue& v, std::string_view p) { return read_needs(v, p, ask.needs); }}),
      to("input_tokens", ask.input_tokens), to("output_tokens_max", ask.output_tokens_max),
      to("choices", ask.choices), to("stream", ask.stream), to("no_fallback", ask.no_fallback),
      to("max_cost_nanousd", ask.max_cost_nanousd), to("timeout_ms", ask.timeout_ms),
      as("user_hash", Hex{ask.user_hash}), as("prefix_hash", Hex{ask.prefix_hash}),
      to("maker", ask.maker),
      as("tags", By{[&](JsonValue& v, std::string_view p) { return read_tags(v, p, ask.tags); }}),
      as("metadata",
         By{[&](JsonValue& v, std::string_view p) { return read_metadata(v, p, ask); }}));
}

Result<void> read_deployment(JsonValue& value, std::string_view path, DeploymentFacts& facts) {
  return read_object(
      value, path, as("breaker", Named<BreakerState>{facts.breaker, breaker_state_from}),
      to("probe_taken", facts.probe_taken), to("probes_ok", facts.probes_ok),
      to("in_flight", facts.in_flight), to("tokens_in_flight", facts.tokens_in_flight),
      to("opened_at", facts.opened_at), to("open_until", facts.open_until),
      to("limited_until", facts.limited_until), to("out_until", facts.out_until),
      to("ttft_us", facts.ttft_us), to("us_per_token", facts.us_per_token),
      to("ttft_tail_us", facts.ttft_tail_us), to("whole_tail_us", facts.whole_tail_us),
      to("requests_left_ppm", facts.requests_left_ppm),
      to("tokens_left_ppm", facts.tokens_left_ppm), to("input_tokens_ppm", facts.input_tokens_ppm),
      to("minute_requests", facts.minute_requests), to("minute_tokens", facts.minute_tokens),
      to("window_ok", facts.window_ok), to("window_bad", facts.window_bad),
      to("consecutive_bad", facts.consecutive_bad),
      as("last_fault", FaultNumber{facts.last_fault}));
}

Result<void> read_deployments(JsonValue& value, std::string_view path, const Rules& rules,
                              Facts& facts) {
  auto object = object_of(value, path);
  if (!object) return fail(object.error());
  return for_each_field(
      *object, path, {}, [&](std::string_view name, JsonValue& one) -> Result<void> {
        const int index = find_index(rules.deployment_by_name, name);
        if (index < 0) return {};
        return read_deployment(one, path, facts.deployments[static_cast<std::size_t>(index)]);
      });
}

Result<void> read_facts(JsonValue& value, std::string_view path, const Rules& rules, Facts& facts) {
  facts.deployments.assign(rules.deployments.size(), DeploymentFacts{});
  return read_object(value, path, to("now", facts.now), as("seed", Hex{facts.seed}),
                     as("deployments", By{[&](JsonValue& v, std::string_view p) {
                          return read_deployments(v, p, rules, facts);
                        }}));
}

Result<void> read_fault(JsonValue& value, std::string_view path, std::optional<Fault>& into) {
  Fault& fault = into.emplace();
  return read_object(value, path, as("kind", Named<FaultKind>{fault.kind, fault_kind_from}),
                     to("message", fault.message), to("code", fault.code), to("param", fault.param),
                     to("provider_status", fault.provider_status), to("only_here", fault.only_here),
                     to("retry_after_ms", fault.retry_after_ms), to("status", fault.status));
}

Result<void> read_usage(JsonValue& value, std::string_view path, Usage& usage) {
  return read_object(value, path, to("input", usage.input), to("cache_read", usage.cache_read),
                     to("cache_write", usage.cache_write), to("output", usage.output),
                     to("reasoning", usage.reasoning),
                     as("source", Named<UsageSource>{usage.source, usage_source_from}));
}

Result<void> read_limits(JsonValue& value, std::string_view path, LimitsSeen& limits) {
  return read_object(value, path, to("requests_limit", limits.requests_limit),
                     to("requests_left", limits.requests_left),
                     to("requests_reset_ms", limits.requests_reset_ms),
                     to("tokens_limit", limits.tokens_limit), to("tokens_left", limits.tokens_left),
                     to("tokens_reset_ms", limits.tokens_reset_ms));
}

Result<void> read_told(JsonValue& value, std::string_view path, NextFacts& told) {
  return read_object(value, path, to("at_ms", told.now), to("resumable", told.resumable),
                     to("retry_allowed", told.retry_allowed), to("client_gone", told.client_gone),
                     to("draining", told.draining));
}

// An outcome as it is written: times count from the start of the request, and whether it was
// committed may be left out.
struct WrittenOutcome {
  Outcome outcome;
  std::optional<bool> committed;
};

Result<void> read_outcome(JsonValue& value, std::string_view path, const Rules& rules,
                          WrittenOutcome& written) {
  Outcome& outcome = written.outcome;
  const auto deployment = [&](JsonValue& v, std::string_view p) -> Result<void> {
    const auto name = read_string(v, p);
    if (!name) return fail(name.error());
    outcome.deployment = find_index(rules.deployment_by_name, *name);
    return {};
  };
  const auto cost = [&](JsonValue& v, std::string_view p) {
    outcome.cost_known = true;
    return read(v, p, outcome.cost_nanousd);
  };
  const auto commit = [&](JsonValue& v, std::string_view p) {
    return read(v, p, written.committed.emplace());
  };
  return read_object(
      value, path, to("step", outcome.step), as("deployment", By{deployment}),
      to("retry", outcome.retry), to("at_ms", outcome.started), to("wait_us", outcome.wait_us),
      to("connect_us", outcome.connect_us), to("first_byte_us", outcome.first_byte_us),
      to("ttft_us", outcome.ttft_us), to("duration_us", outcome.duration_us),
      to("status", outcome.status), as("fault", By{[&](JsonValue& v, std::string_view p) {
                                         return read_fault(v, p, outcome.fault);
                                       }}),
      as("committed", By{commit}), as("resume", Named<Resume>{outcome.resume, resume_from}),
      to("hedge", outcome.hedge), to("repair", outcome.repair), to("drill", outcome.drill),
      as("finish", Named<FinishReason>{outcome.finish, finish_reason_from}),
      to("model", outcome.provider_model), to("request_id", outcome.provider_request_id),
      as("usage",
         By{[&](JsonValue& v, std::string_view p) { return read_usage(v, p, outcome.usage); }}),
      to("input_counted", outcome.input_counted),
      as("limits",
         By{[&](JsonValue& v, std::string_view p) { return read_limits(v, p, outcome.limits); }}),
      to("events_malformed", outcome.events_malformed), as("cost_nanousd", By{cost}),
      to("cost_at_least_nanousd", outcome.cost_nanousd),
      as("next", By{[&](JsonValue& v, std::string_view p) {
           return read_told(v, p, outcome.told.emplace());
         }}));
}

Result<void> read_outcomes(JsonValue& value, std::string_view path, const Rules& rules,
                           std::vector<WrittenOutcome>& outcomes) {
  return for_each_element(value, path, [&](JsonValue& one) {
    return read_outcome(one, path, rules, outcomes.emplace_back());
  });
}

// What the rest of the record says of it.
Outcome finish_outcome(WrittenOutcome& written, const Replay& replay) {
  Outcome outcome = std::move(written.outcome);
  outcome.started += replay.started;
  outcome.input_estimated = replay.ask.input_tokens;
  outcome.committed = written.committed.value_or(usually_committed(outcome, replay.ask.stream));
  if (outcome.told) {
    outcome.told->now += replay.started;
    outcome.told->started = replay.facts.now;
  }
  return outcome;
}

Result<void> read_id(JsonValue& value, std::string_view path, RequestId& id) {
  const auto text = read_string(value, path);
  if (!text) return fail(text.error());
  const auto parsed = parse_request_id(*text);
  if (!parsed) return fail(wrong_type(path, "a request id"));
  id = *parsed;
  return {};
}

Result<void> read_replay(JsonObject& object, std::string_view text, const Rules& rules,
                         Replay& replay) {
  std::vector<WrittenOutcome> outcomes;
  std::optional<Usage> served;
  const auto usage = [&](JsonValue& v, std::string_view p) {
    return read_usage(v, p, served.emplace());
  };
  const auto plan = [&](JsonValue& v, std::string_view) -> Result<void> {
    const JsonSpan span = value_span(text, v);
    replay.plan_json = text.substr(span.offset, span.length);
    replay.decided = true;
    return {};
  };
  auto done = read_fields(
      object, "",
      as("id", By{[&](JsonValue& v, std::string_view p) { return read_id(v, p, replay.id); }}),
      to("client_id", replay.client_id), to("started", replay.started),
      to("policy", replay.fingerprint), to("request", replay.method_and_path),
      as("ask", By{[&](JsonValue& v, std::string_view p) { return read_ask(v, p, replay.ask); }}),
      as("facts", By{[&](JsonValue& v, std::string_view p) {
           return read_facts(v, p, rules, replay.facts);
         }}),
      as("plan", By{plan}), as("outcomes", By{[&](JsonValue& v, std::string_view p) {
                                 return read_outcomes(v, p, rules, outcomes);
                               }}),
      to("status", replay.status), as("fault", By{[&](JsonValue& v, std::string_view p) {
                                        return read_fault(v, p, replay.fault);
                                      }}),
      to("served_by", replay.served_by), to("degraded", replay.degraded), to("drill", replay.drill),
      as("usage", By{usage}), to("cost_nanousd", replay.cost_nanousd),
      to("cost_known", replay.cost_known),
      to("baseline_cost_nanousd", replay.baseline_cost_nanousd), to("ttft_us", replay.ttft_us),
      to("total_us", replay.total_us), to("overhead_us", replay.overhead_us));
  for (WrittenOutcome& one : outcomes) replay.outcomes.push_back(finish_outcome(one, replay));
  replay.usage = served ? *served : usage_served(replay.outcomes);
  return done;
}

}  // namespace

Result<Replay> read_record(std::string_view record_json, const Rules& rules) {
  JsonReader reader;
  return read_record(reader, record_json, rules);
}

Result<Replay> read_record(JsonReader& reader, std::string_view record_json, const Rules& rules) {
  std::string text(record_json);
  pad(text);
  Replay replay;
  auto done = reader.read_object(
      text, [&](JsonObject& object) { return read_replay(object, text, rules, replay); });
  if (!done) return fail(done.error());
  return replay;
}

}  // namespace wye
