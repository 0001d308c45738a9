// The keys of tasks and rules; see schema.h.
#include "base/fault.h"
#include "config/schema.h"
#include "core/ability.h"
#include "core/rules.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

// Every kind of failure that a user may name; three of them cannot happen yet.
ShapePtr trigger_words() {
  std::vector<Word> list;
  for (int i = 0; i <= static_cast<int>(FaultKind::exhausted); ++i) {
    const FaultTraits& row = traits(static_cast<FaultKind>(i));
    Word word{std::string(row.name), std::string(row.sentence)};
    if (row.kind == FaultKind::low_quality)
      word.later = "answers are not scored yet; remove it from the list";
    list.push_back(std::move(word));
  }
  return words(std::move(list));
}

ShapePtr latency_shape() {
  const auto time = at_least(Kind::duration, 1);
  return object({
      {.key = "sensitivity",
       .shape = words({{"interactive", "somebody waits: first token 10s, silence 15s"},
                       {"normal", "the defaults of ttft and stall"},
                       {"batch", "nobody waits: first token 120s, silence 120s"}}),
       .help = "Sets the defaults of `ttft` and `stall`.",
       .default_text = "normal"},
      {.key = "ttft",
       .shape = time,
       .help = "Time to the first token of an attempt whose answer is streamed.",
       .default_text = "30s"},
      {.key = "stall",
       .shape = time,
       .help = "Longest silence within an answer.",
       .default_text = "30s"},
      {.key = "total",
       .shape = time,
       .help = "Time of one attempt. When not given: an answer that is not streamed has half of "
               "what is left of the deadline, as long as somebody else may be asked after a "
               "timeout; everything else is limited by the deadline alone."},
      {.key = "connect", .shape = time, .help = "Time to connect.", .default_text = "5s"},
      {.key = "min_speed",
       .shape = simple(Kind::rate),
       .help =
           "Tokens a second (30/s). A stream that is slower for ten seconds counts as stalled."},
      {.key = "deadline",
       .shape = time,
       .help = "Time of the whole request with all its attempts. `reliability.deadline` when not "
               "given."},
  });
}

ShapePtr requires_shape() {
  std::vector<Field> fields;
  for (int i = 0; i < ability_count; ++i) {
    const std::string name(to_string(static_cast<Ability>(i)));
    fields.push_back({.key = name,
                      .shape = simple(Kind::flag),
                      .help = "The model must offer " + name + ".",
                      .default_text = "false"});
  }
  fields.push_back({.key = "context",
                    .shape = at_least(Kind::count, 1),
                    .help = "The context window must hold at least this many tokens."});
  return object(std::move(fields));
}

ShapePtr objective_shape() {
  return object({
      {.key = "prefer",
       .shape = words({{"cost", "as the strategy lowest_cost"},
                       {"latency", "as the strategy lowest_latency"},
                       {"quality", "the best by evaluation",
                        "order the route by quality yourself, strategy priority"}}),
       .help = "How the deployments are ranked, for a route without a strategy of its own. It only "
               "orders those that every constraint of the task permits."},
      later("success", "Share of requests that must succeed.", "remove it; add fallbacks"),
      later("quality", "Quality that must be kept.", "remove it"),
      later("weights", "Weights of cost, latency and quality.",
            "use `prefer` or a route with a strategy"),
  });
}

ShapePtr degrade_shape() {
  return object({
      {.key = "to",
       .shape = name_of("deployment or route"),
       .help = "The lesser deployment or route."},
      {.key = "answer",
       .shape = simple(Kind::text),
       .help = "A fixed text that is answered when nothing else is left."},
      {.key = "drop",
       .shape = words({{"reasoning", "the model is asked not to reason"}}),
       .help = "What is left out of the request, together with `to`."},
  });
}

ShapePtr fallback_shape() {
  return object({
      {.key = "to", .shape = name_of("deployment or route"), .help = "Who is tried next."},
      {.key = "degrade",
       .shape = degrade_shape(),
       .help = "A lesser service that the task permits; clients are told in x-wye-degraded."},
      {.key = "after",
       .shape = nonempty(list_of(trigger_words(), true)),
       .help = "After which failures. When not given: all after which another deployment may help, "
               "and [exhausted] for a degrade."},
  });
}

ShapePtr output_shape() {
  return object({
      {.key = "schema",
       .shape = simple(Kind::text),
       .help = "File with a JSON Schema (draft 7) that the text of an answer must satisfy."},
      {.key = "json",
       .shape = simple(Kind::flag),
       .help = "The text of an answer must be JSON.",
       .default_text = "false"},
      {.key = "on_invalid",
       .shape = nonempty(
           list_of(words({{"repair", "the model is shown what is wrong and asked once to mend it"},
                          {"fallback", "the next step whose `after` has invalid_output"}}),
                   true)),
       .help = "What is done about an answer that is not so, in this order. When all of it failed, "
               "the client is told.",
       .default_text = "fallback"},
  });
}

ShapePtr stream_shape() {
  return object({
      {.key = "commit",
       .shape = simple(Kind::commit),
       .help = "From when on an answer is passed to its client. Until then a broken one is "
               "replaced without a trace; what is held costs that much time to the first token. "
               "first_token costs none; window(32tok,400ms) at most 400 ms; validated the whole "
               "time of the answer.",
       .default_text = "first_token"},
      {.key = "resume",
       .shape = simple(Kind::flag),
       .help = "An answer that breaks after the commit point is gone on with by the next step: by "
               "a model that can continue from a beginning, or by one that says the same again. "
               "Otherwise its client is told that it broke.",
       .default_text = "true"},
      {.key = "on_client_gone",
       .shape = words({{"cancel", "the provider is told at once, and bills what it wrote so far"},
                       {"finish", "the answer is read to its end, so that what it cost is known"}}),
       .help = "What becomes of an answer whose client leaves.",
       .default_text = "cancel"},
  });
}

}  // namespace

std::vector<Field> task_fields() {
  const auto price = simple(Kind::price);
  return {
      {.key = "route",
       .shape = either({name_of("route or deployment"), nonempty(list_of(name_of("deployment")))}),
       .help = "Route or deployment that serves the task, or a list of deployments in order.",
       .required = true},
      {.key = "criticality",
       .shape = words({{"low"}, {"medium"}, {"high"}, {"critical"}}),
       .help = "How much hangs on it. When there is more to do than the gateway can, what is less "
               "critical is turned away first, with 503 and a time to come back.",
       .default_text = "medium"},
      {.key = "latency", .shape = latency_shape(), .help = "How long things may take."},
      {.key = "objective", .shape = objective_shape(), .help = "What is aimed at."},
      {.key = "requires",
       .shape = requires_shape(),
       .help = "What every deployment of the task must offer."},
      {.key = "data_class",
       .shape = simple(Kind::text),
       .help = "Class of the data in requests. Only providers that are `approved_for` it ever see "
               "them; "
               "checked when the file is read and again with every request."},
      {.key = "regions",
       .shape = nonempty(list_of(simple(Kind::text), true)),
       .help = "Only providers in one of these regions are used."},
      {.key = "zdr",
       .shape = simple(Kind::flag),
       .help = "Only providers with zero data retention are used.",
       .default_text = "false"},
      {.key = "max_cost",
       .shape = simple(Kind::money),
       .help = "What one request may cost at most, by its estimate."},
      {.key = "max_price",
       .shape =
           object({{.key = "input", .shape = price, .help = "Highest price of input tokens."},
                   {.key = "output", .shape = price, .help = "Highest price of output tokens."}}),
       .help = "Deployments with a higher price are not used."},
      {.key = "fallbacks",
       .shape = list_of(fallback_shape()),
       .help = "What is tried after the route, in order."},
      {.key = "output",
       .shape = output_shape(),
       .help = "What an answer must be. One that is not is mended, or asked for elsewhere, before "
               "its client sees any of it; so streamed answers are held until they are whole."},
      later("readiness", "Evaluations that a deployment must pass.", "remove it"),
      {.key = "stream", .shape = stream_shape(), .help = "How streamed answers are passed on."},
  };
}

std::vector<Field> rule_fields() {
  return {
      {.key = "when",
       .shape = object({
           {.key = "key.name", .shape = name_of("key"), .help = "Virtual key of the caller."},
           {.key = "key.team", .shape = simple(Kind::text), .help = "Team of the caller's key."},
           {.key = "key", .shape = name_of("key"), .help = "The same as key.name."},
           {.key = "task", .shape = name_of("task"), .help = "Task of the request."},
           {.key = "data_class",
            .shape = simple(Kind::text),
            .help = "Data class of the request's task."},
           {.key = "endpoint", .shape = endpoint_words(), .help = "What is asked for."},
           {.key = "stream", .shape = simple(Kind::flag), .help = "Whether a stream is asked for."},
           {.key = "ask.tokens",
            .shape = simple(Kind::comparison),
            .help = "Estimated input tokens."},
           {.key = "tag",
            .shape = nonempty(list_of(simple(Kind::text), true)),
            .help = "Tags in x-wye-tags; all of them."},
           {.key = "metadata.*",
            .shape = simple(Kind::text),
            .help = "A value of the request's metadata."},
           {.key = "needs",
            .shape = nonempty(list_of(ability_words(), true)),
            .help = "What the request needs; all of it."},
           {.key = "time", .shape = simple(Kind::time_window), .help = "Time of day."},
       }),
       .help = "Conditions; all must hold. Without any, the rule always matches."},
      {.key = "use",
       .shape = name_of("route or deployment"),
       .help = "Who serves it.",
       .required = true},
  };
}

}  // namespace wye::config
