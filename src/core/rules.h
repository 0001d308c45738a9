// Rules: the policy document, checked and resolved: every name is an index, every unit an integer.
// Built once by config/, immutable, shared by all loops through a shared_ptr<const Rules>.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/fault.h"
#include "base/hash.h"
#include "base/text.h"
#include "core/deployment.h"
#include "core/where.h"
#include "wire/json_schema.h"

namespace wye {

// Before a task's name where a request names its model: "task/summarize".
inline constexpr std::string_view task_prefix = "task/";

using Triggers = EnumSet<FaultKind>;

enum class Strategy : std::uint8_t {
  priority,
  weighted,
  lowest_cost,
  lowest_latency,
  least_busy,
  headroom,
};
std::string_view to_string(Strategy strategy);
std::optional<Strategy> strategy_from(std::string_view name);

enum class Sticky : std::uint8_t {
  none,
  user,
  prompt_cache
};
std::string_view to_string(Sticky sticky);
std::optional<Sticky> sticky_from(std::string_view name);

struct RouteMember {
  int deployment = 0;
  std::int64_t weight = 1;
};

// A client-facing name over deployments.
struct Route {
  std::string name;
  Strategy strategy = Strategy::priority;
  Sticky sticky = Sticky::none;
  std::vector<RouteMember> members;
  Where where;
};

// What a fallback leads to: a route or a deployment, or a fixed answer.
struct Target {
  enum class Kind : std::uint8_t {
    deployment,
    route,
    answer
  } kind = Kind::deployment;
  int index = 0;       // of the deployment or the route
  std::string answer;  // the fixed text of Kind::answer
};

struct Fallback {
  Target target;
  Triggers after;
  bool degrade = false;         // a permitted downgrade, told in x-wye-degraded
  bool drop_reasoning = false;  // `drop: reasoning`
  Where where;
};

enum class Criticality : std::uint8_t {
  low,
  medium,
  high,
  critical
};
inline constexpr std::size_t criticality_count =
    static_cast<std::size_t>(Criticality::critical) + 1;
std::string_view to_string(Criticality criticality);
std::optional<Criticality> criticality_from(std::string_view name);

// Limits of one request and its attempts; 0 means "not set".
struct Timeouts {
  DurationMs connect_ms = 5'000;
  DurationMs ttft_ms = 30'000;   // request sent to first token (stream) or first byte of the head
  DurationMs stall_ms = 30'000;  // silence between two reads of an answer
  DurationMs total_ms = 0;       // one attempt, 0: only the deadline of the request
  // A stream that is slower over ten seconds is as good as silent; tokens a second, 0: any.
  std::int64_t tokens_per_s_min = 0;
};

struct Requirements {
  Abilities abilities;
  std::int64_t context_tokens = 0;
  Where where;
};

// When bytes of a streamed answer may go to its client.
enum class Commit : std::uint8_t {
  first_token,  // with the first token
  window,       // when so many tokens, or so much time since the first one, were held
  validated     // when the whole answer was held and found in order
};
std::string_view to_string(Commit commit);

// How streamed answers are passed on.
struct StreamRules {
  Commit commit = Commit::first_token;
  std::int64_t window_tokens = 0;  // of Commit::window
  DurationMs window_ms = 0;
  // Whether another deployment may go on with an answer that broke after its beginning was sent.
  bool resume = true;
  bool finish_unread = false;  // when its client leaves, the answer is read to its end all the same
};

// What an answer must be to be passed on.
struct OutputRules {
  bool json = false;                         // its text is JSON
  std::shared_ptr<const JsonSchema> schema;  // and satisfies this; null: any
  bool repair = false;                       // the model is asked once to mend what is not
  bool fallback = true;                      // another deployment may be asked
  Where where;
};

struct Task {
  std::string name;
  int route = -1;
  Criticality criticality = Criticality::medium;
  Timeouts timeouts;
  DurationMs deadline_ms = 0;  // whole request; 0: reliability.deadline
  Requirements requires_;
  int data_class = -1;  // index into Rules::data_classes
  NameSet regions = 0;  // 0: any
  bool zdr = false;
  NanoUsd max_cost_nanousd = -1;  // a request, -1: none
  Price max_price{};              // ceiling on prices, -1: none
  std::vector<Fallback> fallbacks;
  StreamRules stream;
  OutputRules output;
  bool interactive = false;  // somebody waits for it: its slow requests are hedged
  Where where;
  // Lines of single settings, for refusals.
  Where data_class_where, regions_where, zdr_where, max_cost_where, max_price_where;
};

// Conditions of a rule; all must hold.
enum class Compare : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal
};
struct KeyIs {
  int key = -1;
};  // index into Rules::keys
struct TeamIs {
  std::string team;
};
struct TaskIs {
  int task = -1;
};
struct DataClassIs {
  int data_class = -1;
};
struct EndpointIs {
  Endpoint endpoint = Endpoint::chat;
};
struct StreamIs {
  bool stream = false;
};
struct TokensAre {
  Compare compare = Compare::less;
  std::int64_t tokens = 0;
};
struct TagIs {
  std::string tag;
};  // of x-wye-tags
struct MetadataIs {
  std::string key, value;
};  // of the body's metadata
struct NeedsAbility {
  Ability ability = Ability::tools;
};
// A daily window in local time of a zone; `from` after `to` wraps over midnight.
struct TimeIs {
  int from_minute = 0;  // of the day, inclusive
  int to_minute = 0;    // exclusive
  std::string zone;
  // UTC offsets of the zone: from `first` (ms) on the offset is `second` seconds; ascending. Filled
  // when the file is read, so that a decision never asks the machine.
  std::vector<std::pair<TimeMs, int>> offsets;
};
using Condition = std::variant<KeyIs, TeamIs, TaskIs, DataClassIs, EndpointIs, StreamIs, TokensAre,
                               TagIs, MetadataIs, NeedsAbility, TimeIs>;

struct Rule {
  std::vector<Condition> when;
  Target use;  // route or deployment
  Where where;
};

struct RetryRules {
  int max = 2;  // further tries at the same deployment
  DurationMs backoff_min_ms = 500;
  DurationMs backoff_max_ms = 5'000;
  std::int64_t jitter_ppm = 200'000;
  DurationMs honor_retry_after_ms = 60'000;  // longer waits are not waited for
  std::int64_t budget_share_ppm = 100'000;   // retries may be this share of requests
  std::int64_t budget_floor_per_s = 3;       // and always this many a second
};

struct BreakerRules {
  DurationMs window_ms = 60'000;
  std::int64_t requests_min = 10;
  std::int64_t error_rate_ppm = 500'000;
  std::int64_t consecutive = 5;
  DurationMs cooldown_min_ms = 5'000;
  DurationMs cooldown_max_ms = 30'000;
  int half_open = 1;  // probes that must be answered, one after another, before it closes
};

// A second deployment is asked when the first has nothing for the client by the time in which a
// `percentile` of its answers had; what is asked for so may be `extra_max_ppm` of all requests.
struct HedgeRules {
  int percentile = 0;  // 0: nobody
  std::int64_t extra_max_ppm = 20'000;
};

struct Reliability {
  RetryRules retries;
  BreakerRules breaker;
  HedgeRules hedge;
  DurationMs deadline_ms = 60'000;
};

// A virtual key. The secret itself is not kept, only its hash.
struct Key {
  std::string name;
  Sha256 hash{};
  std::string team;
  int default_task = -1;
  std::vector<int> tasks;  // allowed tasks, empty: all
  TimeMs expires = 0;      // 0: never
  bool may_drill = false;  // it may start and stop drills on live traffic
  Where where;
};

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
};

struct ServerRules {
  ListenAddress listen;
  ListenAddress admin_listen{"127.0.0.1", 8081};
  int threads = 0;  // event loops, 0: one a core
  std::size_t head_bytes_max = 64 << 10;
  std::size_t body_bytes_max = 32 << 20;
  std::size_t answer_bytes_max = 64 << 20;  // a provider's answer that is not streamed
  DurationMs head_timeout_ms = 10'000;
  DurationMs body_timeout_ms = 60'000;
  DurationMs idle_timeout_ms = 75'000;
  DurationMs drain_timeout_ms = 30'000;
  std::size_t connections_max = 10'000;
  std::int64_t requests_max = 4'000;  // under way at a time
};

struct Rules {
  // Where this came from.
  std::string source_path;
  std::string source_text;   // as read; holds no secrets, only references
  std::string fingerprint;   // SHA-256 hex of the text and the catalog entries it uses
  std::string catalog_json;  // those entries, so that an old decision can be replayed

  ServerRules server;
  std::string store_path = "wye.db";  // "" keeps records nowhere: refused by config
  std::vector<std::string> regions;   // names behind NameSet bits
  std::vector<std::string> data_classes;
  std::vector<Provider> providers;
  std::vector<Deployment> deployments;
  std::vector<Route> routes;
  std::vector<Task> tasks;
  std::vector<Rule> rules;
  std::vector<Key> keys;
  Reliability reliability;
  Timeouts timeouts;  // of requests without a task
  int baseline = -1;  // deployment of the counterfactual, -1: none
  Where baseline_where;

  // Names to indices, filled by index_names().
  std::unordered_map<std::string, int, StringHash, std::equal_to<>> deployment_by_name,
      route_by_name, task_by_name, key_by_name;
  // By "model", "provider/model" and "kind/model"; the first deployment of a model wins.
  std::unordered_map<std::string, int, StringHash, std::equal_to<>> deployment_by_model;
  std::unordered_map<std::string, int, StringHash, std::equal_to<>> key_by_hash;  // raw 32 bytes

  void index_names();
};

using RulesPtr = std::shared_ptr<const Rules>;

// How critical requests of the task are; -1: of none.
Criticality criticality_of(const Rules& rules, int task);

// Looks a name up in one of the maps; -1 when it is not there.
int find_index(const std::unordered_map<std::string, int, StringHash, std::equal_to<>>& map,
               std::string_view name);

}  // namespace wye
