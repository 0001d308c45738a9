// The top level of the table of keys, and the sections of a few keys; see schema.h.
#include "config/schema.h"

#include "core/ability.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

ShapePtr store_shape() {
  return object({
      {.key = "sqlite",
       .shape = simple(Kind::text),
       .help = "File of the SQLite store that keeps the record of every request, relative to the "
               "working "
               "directory. It is created when it is not there.",
       .default_text = "wye.db"},
      {.key = "path", .shape = simple(Kind::text), .help = "Another name of `sqlite`."},
      later("postgres", "Keep the records in PostgreSQL.", "use `sqlite`"),
      later("shared", "Share limits and health between instances through Redis.",
            "run one instance; it uses all cores"),
  });
}

ShapePtr baseline_shape() {
  return object({
      {.key = "single",
       .shape = name_of("deployment"),
       .help =
           "Deployment that would have served every request. What it would have cost is recorded "
           "with each request, and savings are measured against it.",
       .required = true},
  });
}

std::vector<Field> top_fields() {
  return {
      {.key = "version",
       .shape = simple(Kind::version),
       .help = "Form of this file. Always 1.",
       .required = true},
      {.key = "server",
       .shape = object(server_fields()),
       .help = "Where the gateway listens, and the limits that it sets to clients."},
      {.key = "store", .shape = store_shape(), .help = "Where the records of requests are kept."},
      {.key = "providers",
       .shape = nonempty(map_of("provider", object(provider_fields()))),
       .help = "Vendor accounts, by a name of yours. A provider named as in the catalog (openai, "
               "mistral, "
               "groq ...) gets its address, prices and habits from there.",
       .required = true},
      {.key = "deployments",
       .shape = nonempty(map_of("deployment", object(deployment_fields()))),
       .help = "Concrete upstreams, a model at a provider, by a name of yours. Clients may name "
               "them in "
               "\"model\".",
       .required = true},
      {.key = "routes",
       .shape = map_of("route",
                       either({object(route_fields()), nonempty(list_of(name_of("deployment")))})),
       .help = "Names over several deployments that clients use in \"model\". A plain list is a "
               "route in "
               "that order."},
      {.key = "tasks",
       .shape = map_of("task", object(task_fields())),
       .help = "The unit of policy: what a request is for and what may be done to serve it. "
               "A request's task is named by, in this order: model \"task/NAME\", the header "
               "x-wye-task, metadata.task in the body, the `task` of its key. The first that is "
               "there counts, also when it leads nowhere: then the request is refused and the "
               "later ones are not looked at."},
      {.key = "rules",
       .shape = list_of(object(rule_fields())),
       .help =
           "Where requests go by rule. The first rule that matches wins over the route that the "
           "client or the task named; every match is recorded. A rule chooses among whom to look, "
           "not what may be broken: every constraint of the task (data_class, regions, zdr, "
           "requires, max_cost, max_price) is checked for the deployments that it leads to as "
           "well, and its fallbacks stay. `objective.prefer` ranks the task's own route; where a "
           "rule leads, the strategy of that route ranks."},
      {.key = "reliability",
       .shape = object(reliability_fields()),
       .help = "Retries, circuit breakers and the deadline, for all requests."},
      {.key = "keys",
       .shape = map_of("key", object(key_fields())),
       .help = "Virtual keys, by a name of yours. Without any, only clients on this machine are "
               "answered."},
      {.key = "baseline", .shape = baseline_shape(), .help = "What savings are measured against."},
      later("budgets", "Money that a team, key or task may spend in a time.",
            "use `max_cost` of a task, which limits each request"),
      later("rate_limits", "Requests, tokens and parallel requests that a key or team may use.",
            "use `limits` of a deployment, which protect the provider's account"),
      later("cache", "Answer repeated requests from a cache.", "remove the section"),
      later("experiments", "Canary and A/B tests with automatic promotion and rollback.",
            "use a route with `strategy: weighted` and `sticky: user`"),
      later("drills", "Planned outages that prove that fallbacks work.", "remove the section"),
      later("telemetry", "Export of traces and logs.", "`wye why ID --json` has every request"),
      {.key = "x-*", .shape = simple(Kind::any), .help = "Free: a place for YAML anchors."},
  };
}

}  // namespace

ShapePtr ability_words() {
  std::vector<Word> list;
  list.reserve(ability_count);
  for (int i = 0; i < ability_count; ++i)
    list.push_back({std::string(to_string(static_cast<Ability>(i)))});
  return words(std::move(list));
}

ShapePtr endpoint_words() {
  std::vector<Word> list;
  list.reserve(endpoint_count);
  for (int i = 0; i < endpoint_count; ++i)
    list.push_back({std::string(to_string(static_cast<Endpoint>(i)))});
  return words(std::move(list));
}

const Shape& file_shape() {
  static const ShapePtr shape = object(top_fields());
  return *shape;
}

}  // namespace wye::config
