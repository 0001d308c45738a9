// The keys of server, reliability and keys; see schema.h. Defaults here must be those of the
// structs in core/rules.h, which a test compares.
#include "config/schema.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

ShapePtr server_limits_shape() {
  return object({
      {.key = "head",
       .shape = at_least(Kind::bytes, 1024),
       .help = "Largest head of a request.",
       .default_text = "64KiB"},
      {.key = "body",
       .shape = at_least(Kind::bytes, 1024),
       .help = "Largest body of a request.",
       .default_text = "32MiB"},
      {.key = "answer",
       .shape = at_least(Kind::bytes, 1024),
       .help = "Largest answer of a provider that is not streamed.",
       .default_text = "64MiB"},
      {.key = "connections",
       .shape = at_least(Kind::count, 1),
       .help = "Client connections at a time; more wait to be accepted.",
       .default_text = "10000"},
      {.key = "requests",
       .shape = at_least(Kind::count, 1),
       .help = "Requests under way at a time. Those of tasks with `criticality: low` are turned "
               "away with 503 from 70 % of it on, medium from 85 %, high from 95 %.",
       .default_text = "4000"},
  });
}

ShapePtr timeouts_shape() {
  return object({
      {.key = "head",
       .shape = at_least(Kind::duration, 1),
       .help = "Time for a client to send the head of a request.",
       .default_text = "10s"},
      {.key = "body",
       .shape = at_least(Kind::duration, 1),
       .help = "Time for a client to send the body.",
       .default_text = "60s"},
      {.key = "idle",
       .shape = at_least(Kind::duration, 1),
       .help = "How long a connection may stay open between requests.",
       .default_text = "75s"},
      {.key = "drain",
       .shape = at_least(Kind::duration, 0),
       .help = "How long running requests may go on after the gateway was told to stop.",
       .default_text = "30s"},
  });
}

ShapePtr retries_shape() {
  return object({
      {.key = "max",
       .shape = integer(0, 10),
       .help = "Further tries at the same deployment after a failure that may pass.",
       .default_text = "2"},
      {.key = "backoff",
       .shape = simple(Kind::duration_range),
       .help = "Wait before the first further try, and the most; it doubles in between.",
       .default_text = "500ms..5s"},
      {.key = "jitter",
       .shape = simple(Kind::percent),
       .help = "Random share that is taken off a wait.",
       .default_text = "20%"},
      {.key = "honor_retry_after",
       .shape = simple(Kind::duration),
       .help =
           "A wait that the provider asks for is kept up to this long; for a longer one the next "
           "deployment is tried.",
       .default_text = "60s"},
      {.key = "budget",
       .shape = object({
           {.key = "share",
            .shape = simple(Kind::percent),
            .help = "Retries may be this share of requests.",
            .default_text = "10%"},
           {.key = "floor",
            .shape = simple(Kind::rate),
            .help = "And always this many a second.",
            .default_text = "3/s"},
       }),
       .help = "Bound on retries as a whole, so that an outage is not made worse."},
  });
}

ShapePtr breaker_shape() {
  return object({
      {.key = "window",
       .shape = at_least(Kind::duration, 1000),
       .help = "Time over which failures are counted.",
       .default_text = "60s"},
      {.key = "min_requests",
       .shape = at_least(Kind::count, 1),
       .help = "The error rate counts from this many requests in the window.",
       .default_text = "10"},
      {.key = "error_rate",
       .shape = simple(Kind::percent),
       .help = "The circuit opens at this share of failures in the window.",
       .default_text = "50%"},
      {.key = "consecutive",
       .shape = at_least(Kind::count, 1),
       .help = "The circuit opens after this many failures in a row.",
       .default_text = "5"},
      {.key = "cooldown",
       .shape = simple(Kind::duration_range),
       .help =
           "How long the circuit stays open the first time, and the most; it doubles in between.",
       .default_text = "5s..30s"},
      {.key = "half_open",
       .shape = integer(1, 100),
       .help = "The circuit closes when so many requests after the cooldown, one at a time, were "
               "answered one after another.",
       .default_text = "1"},
  });
}

ShapePtr hedge_shape() {
  return object({
      {.key = "after",
       .shape = words({{"p50"}, {"p75"}, {"p90"}, {"p95"}, {"p99"}}),
       .help =
           "The time in which so many of the deployment's answers begin, or are whole when they "
           "are not streamed, as measured.",
       .default_text = "p95"},
      {.key = "max_extra",
       .shape = simple(Kind::percent),
       .help = "The second requests may be so many more.",
       .default_text = "2%"},
  });
}

}  // namespace

std::vector<Field> server_fields() {
  return {
      {.key = "listen",
       .shape = simple(Kind::address),
       .help = "Address of the API.",
       .default_text = "127.0.0.1:8080"},
      {.key = "admin_listen",
       .shape = simple(Kind::address),
       .help = "Address of the admin API; it answers this machine only.",
       .default_text = "127.0.0.1:8081"},
      {.key = "threads",
       .shape = integer(0, 64),
       .help = "Event loops; 0 is one a core.",
       .default_text = "0"},
      {.key = "limits",
       .shape = server_limits_shape(),
       .help = "Sizes and numbers that a client may use."},
      {.key = "timeouts", .shape = timeouts_shape(), .help = "Times that a client may take."},
  };
}

std::vector<Field> reliability_fields() {
  return {
      {.key = "retries", .shape = retries_shape(), .help = "Trying the same deployment again."},
      {.key = "circuit_breaker",
       .shape = breaker_shape(),
       .help = "Leaving a deployment alone that keeps failing."},
      {.key = "hedge",
       .shape = hedge_shape(),
       .help = "Asking a second deployment when the first is slow, for tasks with `latency: { "
               "sensitivity: interactive }`. Whoever has something for the client first is taken, "
               "the other one is given up."},
      {.key = "deadline",
       .shape = at_least(Kind::duration, 1),
       .help = "Time for a whole request with all its tries.",
       .default_text = "60s"},
  };
}

std::vector<Field> key_fields() {
  return {
      {.key = "secret",
       .shape = simple(Kind::secret),
       .help = "Where the secret is. Only its hash is kept in memory."},
      {.key = "sha256",
       .shape = simple(Kind::hash),
       .help = "SHA-256 of the secret, when the secret itself shall not be on this machine."},
      {.key = "team",
       .shape = simple(Kind::text),
       .help = "Team of the caller, for rules and reports."},
      {.key = "task", .shape = name_of("task"), .help = "Task of requests that name none."},
      {.key = "tasks",
       .shape = nonempty(list_of(name_of("task"))),
       .help = "Tasks that the key may use; all when not given."},
      {.key = "expires",
       .shape = simple(Kind::date),
       .help = "When the key stops to work, in UTC."},
      {.key = "roles",
       .shape = nonempty(list_of(
           words({{.name = "drill", .help = "it may start and stop drills on live traffic"}}))),
       .help = "What the key may do beside asking for answers."},
  };
}

}  // namespace wye::config
