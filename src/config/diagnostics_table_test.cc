// Every diagnostic once at least, with its exact place and text; and every code of the table.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "config/test_support.h"

namespace wye::config {
namespace {

enum Form {
  alone,
  appended
};

// `code` is the one that the row is about; `expected` are all lines that are printed for the text,
// the source lines left out. Places are those of the whole text, of which `base` is the first three
// lines.
struct Row {
  Code code;
  Form form;
  std::string_view text;
  std::string_view expected;
};

constexpr std::string_view base =
    R"~(version: 1
providers: { sim: { kind: simulator, approved_for: [pii] }, far: { kind: openai_compatible, base_url: http://127.0.0.1:9/v1 } }
deployments: { a: { provider: sim, model: sim-fast }, b: { provider: sim, model: sim-smart }, c: { provider: far, model: x } }
)~";

constexpr Row rows[] = {
    {Code::syntax, alone, R"~(version: 1
server:
	listen: 127.0.0.1:1
)~",
     R"~(:3:1 error WYE1002 a tab is in the indentation · YAML is indented with spaces)~"},
    {Code::syntax, alone, R"~(version: 1
server: { listen: 1
)~",
     R"~(:3:1 error WYE1002 this is not YAML: the map that begins with { does not go on here · close it with }, or quote a text that holds ": ", a comma or a bracket)~"},
    {Code::syntax, alone, R"~(version: "1
)~",
     R"~(:1:10 error WYE1002 this quote is never closed)~"},
    {Code::syntax, alone, R"~(version: 1
tasks:
  t:
     route: a
    latency: b
)~",
     R"~(:5:5 error WYE1002 this is not YAML: this line does not go on with the map above it · indent it as the keys that it belongs to; nothing may follow a closing quote)~"},
    {Code::syntax, alone, R"~(version: 1
x-a: please note: call us
)~",
     R"~(:2:17 error WYE1002 this is not YAML: a colon stands where no key can be · a text that holds ": " needs quotes; keys of one map are indented alike)~"},
    {Code::too_deep, alone,
     R"~(a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: }}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
)~",
     R"~(:1:128 error WYE1004 nested more than 32 deep)~"},
    {Code::empty, alone, R"~(# nothing
)~",
     R"~( error WYE1006 the file is empty · `wye init` writes a starting file)~"},
    {Code::many_documents, alone, R"~(version: 1
---
version: 1
)~",
     R"~(:2:1 error WYE1007 a second document starts here)~"},
    {Code::duplicate_key, appended, R"~(store: { sqlite: a.db, sqlite: b.db }
)~",
     R"~(:4:24 error WYE1008 key "sqlite" is given twice in one map · remove one of them)~"},
    {Code::yaml_feature, appended, R"~(store: !mine { sqlite: a.db }
)~",
     R"~(:4:8 error WYE1009 custom tags are not read · remove the tag)~"},
    {Code::wrong_type, alone, R"~(- version
)~",
     R"~(:1:1 error WYE1103 the file must be a map, not a list)~"},
    {Code::missing_key, alone, R"~(version: 1
providers: { sim: { kind: simulator } }
deployments:
  a: { provider: sim }
)~",
     R"~(:4:3 error WYE1101 "model" is missing in deployment "a")~"},
    {Code::unknown_key, appended, R"~(tasks:
  summarize:
    route: [a, b]
    fallback_model: b
)~",
     R"~(:7:5 error WYE1102 unknown key "fallback_model" in task "summarize" · did you mean "fallbacks"?)~"},
    {Code::unknown_key, appended, R"~(servers: {}
)~",
     R"~(:4:1 error WYE1102 unknown key "servers" at the top level · did you mean "server"?)~"},
    {Code::wrong_type, appended, R"~(store: [wye.db]
)~",
     R"~(:4:8 error WYE1103 "store" must be a map, not a list)~"},
    {Code::wrong_type, appended, R"~(tasks: { t: { route: [a, b], zdr: yes } }
)~",
     R"~(:4:35 error WYE1103 "zdr" in task "t" must be true or false, not "yes" · write true or false)~"},
    {Code::unknown_word, appended,
     R"~(routes: { r: { strategy: cheapest, deployments: [a, b, c] } }
)~",
     R"~(:4:26 error WYE1104 "cheapest" is not a value of "strategy" in route "r" · one of priority, weighted, lowest_cost, lowest_latency, least_busy, headroom)~"},
    {Code::unknown_word, appended,
     R"~(routes: { r: { strategy: lowest_costs, deployments: [a, b, c] } }
)~",
     R"~(:4:26 error WYE1104 "lowest_costs" is not a value of "strategy" in route "r" · did you mean "lowest_cost"?)~"},
    {Code::bad_name, appended, R"~(routes: { "two words": [a, b, c] }
)~",
     R"~(:4:11 error WYE1105 "two words" cannot be the name of a route · use letters, digits and . _ - / : @ +)~"},
    {Code::out_of_range, appended, R"~(reliability: { retries: { max: 50 } }
)~",
     R"~(:4:32 error WYE1106 "max" in "retries" of "reliability" must be from 0 to 10, not "50")~"},
    {Code::out_of_range, appended,
     R"~(reliability: { circuit_breaker: { half_open: 0 } }
)~",
     R"~(:4:46 error WYE1106 "half_open" in "circuit_breaker" of "reliability" must be from 1 to 100, not "0")~"},
    {Code::out_of_range, appended,
     R"~(reliability: { circuit_breaker: { half_open: 101 } }
)~",
     R"~(:4:46 error WYE1106 "half_open" in "circuit_breaker" of "reliability" must be from 1 to 100, not "101")~"},
    {Code::out_of_range, appended, R"~(server: { limits: { body: 10B } }
)~",
     R"~(:4:27 error WYE1106 "body" in "limits" of "server" must be at least 1024, not "10B")~"},
    {Code::bad_version, alone, R"~(version: 2
providers: { sim: { kind: simulator } }
deployments: { a: { provider: sim, model: sim-fast } }
)~",
     R"~(:1:10 error WYE1107 "version" must be the number 1, not "2")~"},
    {Code::empty_value, appended, R"~(store: { sqlite: }
)~",
     R"~(:4:10 error WYE1108 "sqlite" in "store" is empty)~"},
    {Code::empty_value, appended, R"~(routes: { r: [] }
)~",
     R"~(:4:14 error WYE1108 route "r" is empty)~"},
    {Code::one_of_keys, appended,
     R"~(tasks: { t: { route: [a, b], fallbacks: [ { after: [outage] } ] } }
)~",
     R"~(:4:43 error WYE1109 a fallback needs "to" or "degrade")~"},
    {Code::one_of_keys, appended,
     R"~(tasks: { t: { route: [a, b], fallbacks: [ { degrade: { to: c, answer: x } } ] } }
)~",
     R"~(:4:54 error WYE1109 a degrade has both "to" and "answer" · make two of it)~"},
    {Code::one_of_keys, appended, R"~(keys: { k: { team: x } }
)~",
     R"~(:4:9 error WYE1109 key "k" needs "secret" or "sha256")~"},
    {Code::bad_duration, appended, R"~(reliability: { deadline: 30 }
)~",
     R"~(:4:26 error WYE1201 "deadline" in "reliability" must be a duration such as 250ms, 2s, 10m or 1h, not "30" · add a unit: 30s or 30ms)~"},
    {Code::bad_money, appended, R"~(tasks: { t: { route: [a, b], max_cost: 0.5 } }
)~",
     R"~(:4:40 error WYE1202 "max_cost" in task "t" must be an amount such as $0.25, not "0.5" · add the currency: $0.5)~"},
    {Code::bad_price, appended,
     R"~(tasks: { t: { route: [a, b], max_price: { input: $1 } } }
)~",
     R"~(:4:50 error WYE1203 "input" in "max_price" of task "t" must be a price such as $0.88/M (a million tokens) or $0.00088/k, not "$1")~"},
    {Code::bad_count, appended, R"~(server: { limits: { connections: many } }
)~",
     R"~(:4:34 error WYE1204 "connections" in "limits" of "server" must be a count such as 900, 200k or 1.5M, not "many")~"},
    {Code::bad_bytes, appended, R"~(server: { limits: { body: 32 megs } }
)~",
     R"~(:4:27 error WYE1205 "body" in "limits" of "server" must be a size such as 64KiB or 32MB, not "32 megs")~"},
    {Code::bad_percent, appended, R"~(reliability: { retries: { jitter: 0.2 } }
)~",
     R"~(:4:35 error WYE1206 "jitter" in "retries" of "reliability" must be a share such as 10%, not "0.2" · as a share of a hundred: 20%)~"},
    {Code::bad_percent, appended, R"~(reliability: { retries: { jitter: 20 } }
)~",
     R"~(:4:35 error WYE1206 "jitter" in "retries" of "reliability" must be a share such as 10%, not "20" · add the sign: 20%)~"},
    {Code::bad_range, appended, R"~(reliability: { retries: { backoff: 5s..1s } }
)~",
     R"~(:4:36 error WYE1207 "backoff" in "retries" of "reliability" must be a range of durations such as 500ms..5s, not "5s..1s" · the smaller first: 1s..5s)~"},
    {Code::bad_address, appended, R"~(server: { listen: example.com }
)~",
     R"~(:4:19 error WYE1208 "listen" in "server" must be host:port, not "example.com")~"},
    {Code::bad_url, alone, R"~(version: 1
providers:
  p: { kind: openai_compatible, base_url: "https://me:pw@host/v1" }
deployments: { a: { provider: p, model: m } }
)~",
     R"~(:3:43 error WYE1209 "base_url" in provider "p" must be a URL such as https://api.example.com/v1, not one with a user or password)~"},
    {Code::bad_rate, appended, R"~(reliability: { retries: { budget: { floor: 3 } } }
)~",
     R"~(:4:44 error WYE1210 "floor" in "budget" of "retries" of "reliability" must be a rate such as 3/s, not "3")~"},
    {Code::bad_time_window, appended,
     R"~(rules: [ { when: { time: "18-08 Europe/Paris" }, use: a } ]
)~",
     R"~(:4:26 error WYE1211 "time" in "when" of "rules" must be a daily window such as "18:00-08:00 Europe/Paris", not "18-08 Europe/Paris")~"},
    {Code::bad_comparison, appended,
     R"~(rules: [ { when: { ask.tokens: 500 }, use: a } ]
)~",
     R"~(:4:32 error WYE1212 "ask.tokens" in "when" of "rules" must be a comparison such as "< 500", not "500")~"},
    {Code::bad_date, appended,
     R"~(keys: { k: { secret: "${env:SECRET}", expires: 31.12.2030 } }
)~",
     R"~(:4:48 error WYE1213 "expires" in key "k" must be a date such as 2026-12-31 or 2026-12-31T18:00:00Z, not "31.12.2030")~"},
    {Code::unknown_name, appended, R"~(routes: { rapid: [a, b, c] }
tasks: { t: { route: rapids } }
)~",
     R"~(:5:22 error WYE1301 there is no route or deployment "rapids" · did you mean "rapid"?)~"},
    {Code::unknown_name, appended, R"~(tasks: { t: { route: [a, b], data_class: pi } }
)~",
     R"~(:4:42 error WYE1301 no provider is approved for data class "pi" · did you mean "pii"?)~"},
    {Code::unknown_name, appended,
     R"~(tasks: { t: { route: [a, b], regions: [onprem, on_prem] } }
)~",
     R"~(:3:95 warning WYE1304 no route, task or rule uses deployment "c"
:4:40 warning WYE1301 no provider is in region "onprem" · did you mean "on_prem"?)~"},
    {Code::unknown_name, appended,
     R"~(rules: [ { when: { key.team: support }, use: a } ]
)~",
     R"~(:4:30 error WYE1301 no key has the team "support")~"},
    // Words of other gateways.
    {Code::unknown_key, appended, R"~(model_list: []
litellm_settings: { num_retries: 2 }
)~",
     R"~(:4:1 error WYE1102 unknown key "model_list" at the top level · this looks like a configuration of LiteLLM; examples/quickstart.yaml shows one of wye, docs/configuration.md has every key
:5:1 error WYE1102 unknown key "litellm_settings" at the top level · this looks like a configuration of LiteLLM; examples/quickstart.yaml shows one of wye, docs/configuration.md has every key)~"},
    {Code::unknown_key, alone, R"~(version: 1
providers: { p: { kind: simulator, api_base: "http://127.0.0.1:1/v1" } }
deployments: { a: { provider: p, model: sim-fast, rpm: 9 } }
)~",
     R"~(:2:36 error WYE1102 unknown key "api_base" in provider "p" · write base_url
:3:51 error WYE1102 unknown key "rpm" in deployment "a" · write limits: { rpm: ..., tpm: ..., parallel: ... } in the deployment)~"},
    {Code::unknown_key, appended,
     R"~(keys: { k: { secret: "${env:SECRET}", max_budget: 5, tpm: 9, models: [a] } }
)~",
     R"~(:4:39 error WYE1102 unknown key "max_budget" in key "k" · budgets are not available yet; max_cost of a task limits each request
:4:54 error WYE1102 unknown key "tpm" in key "k" · limits of a key are not available yet; limits of a deployment protect the provider's account
:4:62 error WYE1102 unknown key "models" in key "k" · write tasks: a key is given tasks, and their routes have the models)~"},
    {Code::unknown_key, appended,
     R"~(reliability: { num_retries: 3, allowed_fails: 3, cooldown_time: 30 }
)~",
     R"~(:4:16 error WYE1102 unknown key "num_retries" in "reliability" · write reliability: { retries: { max: ... } }
:4:32 error WYE1102 unknown key "allowed_fails" in "reliability" · write reliability: { circuit_breaker: { consecutive: ... } }
:4:50 error WYE1102 unknown key "cooldown_time" in "reliability" · write reliability: { circuit_breaker: { cooldown: 5s..30s } })~"},
    {Code::wrong_type, appended, R"~(reliability: { retries: 3 }
)~",
     R"~(:4:25 error WYE1103 "retries" in "reliability" must be a map, not "3" · write { max: 3 })~"},
    {Code::wrong_type, appended, R"~(tasks: { t: { route: a, fallbacks: [b] } }
)~",
     R"~(:4:37 error WYE1103 an item of "fallbacks" in task "t" must be a map, not "b" · write { to: b })~"},
    {Code::wrong_type, appended, R"~(tasks:
  c:
  route: a
)~",
     R"~(:5:3 error WYE1101 "route" is missing in task "c"
:6:3 error WYE1103 "route" is a key of a task, and stands where the name of one is wanted · is it meant to be under task "c"? Then indent it)~"},
    {Code::bad_reference, appended,
     R"~(keys: { k: { secret: os.environ/SECRET }, l: { secret: $OTHER } }
)~",
     R"~(:4:22 error WYE1402 "secret" in key "k" must be a reference such as ${env:NAME} or ${file:PATH} · write "${env:SECRET}"
:4:56 error WYE1402 "secret" in key "l" must be a reference such as ${env:NAME} or ${file:PATH} · write "${env:OTHER}")~"},
    // What may be a secret is not repeated.
    {Code::clear_secret, appended,
     R"~(keys: { k: { secret: os.environ/hunter2 }, l: { secret: $hunter2 } }
)~",
     R"~(:4:22 error WYE1401 "secret" in key "k" is written in clear · keep it in the environment and write "${env:NAME}"
:4:57 error WYE1402 "secret" in key "l" must be a reference such as ${env:NAME} or ${file:PATH})~"},
    {Code::wrong_type, alone, R"~(version: 1
providers:
  sim: { kind: simulator }
  api_key: hunter2
deployments: { a: { provider: sim, model: sim-fast } }
)~",
     R"~(:4:3 error WYE1103 "api_key" is a key of a provider, and stands where the name of one is wanted · is it meant to be under provider "sim"? Then indent it
:4:3 error WYE1501 provider "api_key" is not in the catalog and has no kind · say kind: openai_compatible and give its base_url)~"},
    {Code::bad_url, alone, R"~(version: 1
providers: { sim: { kind: simulator, base_url: "${env:URL}" } }
deployments: { a: { provider: sim, model: sim-fast } }
)~",
     R"~(:2:48 error WYE1209 "base_url" in provider "sim" must be a URL such as https://api.example.com/v1, not "${env:URL}" · references work in secrets only; write the value itself)~"},
    {Code::bad_range, appended, R"~(reliability: { circuit_breaker: { cooldown: 30s } }
)~",
     R"~(:4:45 error WYE1207 "cooldown" in "circuit_breaker" of "reliability" must be a range of durations such as 500ms..5s, not "30s" · write 30s..30s)~"},
    {Code::bad_address, appended, R"~(server: { listen: 8080, admin_listen: ":99999" }
)~",
     R"~(:4:19 error WYE1208 "listen" in "server" must be host:port, not "8080" · write 127.0.0.1:8080
:4:39 error WYE1208 "admin_listen" in "server" must be host:port, not ":99999")~"},
    {Code::bad_bytes, appended, R"~(server: { limits: { body: 32M } }
)~",
     R"~(:4:27 error WYE1205 "body" in "limits" of "server" must be a size such as 64KiB or 32MB, not "32M" · write 32MB)~"},
    {Code::unknown_model, alone, R"~(version: 1
providers: { openai: {}, az: { kind: azure, resource: r, api_key: "${env:SECRET}" } }
deployments:
  a: { provider: openai, model: openai/gpt-4o }
  b: { provider: az, model: gpt-4o-prod }
  c: { provider: az, model: azure/gpt-4o }
)~",
     R"~(:4:33 warning WYE1502 the catalog does not know model "openai/gpt-4o" of openai; its price and abilities are not known · write "gpt-4o": the provider's name is not a part of the model's
:5:29 warning WYE1502 model "gpt-4o-prod" is a name of your own at azure, so wye cannot know its price and abilities · give its price, context and abilities in the deployment
:6:29 warning WYE1502 model "azure/gpt-4o" is a name of your own at azure, so wye cannot know its price and abilities · write "gpt-4o": the provider's name is not a part of the model's)~"},
    {Code::empty_value, appended, R"~(tasks:
routes:
)~",
     R"~(:4:1 error WYE1108 "tasks" is empty
:5:1 error WYE1108 "routes" is empty)~"},
    // A list with an error is not called too short as well.
    {Code::unknown_name, appended, R"~(routes: { r: [a, b], s: [a, nobody] }
tasks: { t: { route: [r, b] }, u: { route: s } }
)~",
     R"~(:4:29 error WYE1301 there is no deployment "nobody"
:5:23 error WYE1301 "r" is a route, and a deployment is wanted · name the route's deployments instead)~"},
    {Code::name_clash, appended, R"~(routes: { a: [b, c] }
)~",
     R"~(:4:11 error WYE1302 "a" is the name of a deployment and of a route · rename one of them)~"},
    {Code::listed_twice, appended, R"~(routes: { r: [a, b, a, c] }
)~",
     R"~(:4:21 error WYE1303 deployment "a" is twice in route "r")~"},
    {Code::unused, appended, R"~(routes: { r: [a, b] }
)~",
     R"~(:3:95 warning WYE1304 no route, task or rule uses deployment "c")~"},
    {Code::clear_secret, alone, R"~(version: 1
providers:
  p:
    kind: openai_compatible
    base_url: http://127.0.0.1:9/v1
    api_key: hunter2hunter2
deployments: { a: { provider: p, model: m } }
)~",
     R"~(:6:14 error WYE1401 "api_key" in provider "p" is written in clear · keep it in the environment and write "${env:NAME}")~"},
    {Code::clear_secret, appended, R"~(x-note: sk-proj-abcdefghij0123456789
)~",
     R"~(:4:9 error WYE1401 this looks like a secret written in clear · keep it in the environment and write "${env:NAME}")~"},
    {Code::bad_reference, appended, R"~(keys: { k: { secret: "${SECRET}" } }
)~",
     R"~(:4:22 error WYE1402 "secret" in key "k" must be a reference such as ${env:NAME} or ${file:PATH} · write "${env:SECRET}")~"},
    {Code::secret_missing, appended, R"~(keys: { k: { secret: "${env:NOT_THERE}" } }
)~",
     R"~(:4:22 warning WYE1403 environment variable NOT_THERE is not set)~"},
    {Code::secret_missing, appended, R"~(keys: { k: { secret: "${file:none.txt}" } }
)~",
     R"~(:4:22 warning WYE1403 cannot read none.txt)~"},
    {Code::secret_missing, alone, R"~(version: 1
providers: { xai: {} }
deployments: { a: { provider: xai, model: grok-4.6 } }
)~",
     R"~(:2:14 warning WYE1403 provider "xai" has no api_key, and XAI_API_KEY is not set)~"},
    {Code::secret_unusable, appended, R"~(keys: { k: { secret: "${env:EMPTY}" } }
)~",
     R"~(:4:22 warning WYE1404 environment variable EMPTY is empty)~"},
    {Code::bad_hash, appended, R"~(keys: { k: { sha256: abc } }
)~",
     R"~(:4:22 error WYE1405 "sha256" in key "k" must be the 64 hexadecimal digits of a SHA-256, not "abc")~"},
    {Code::same_secret, appended,
     R"~(keys: { k: { secret: "${env:SECRET}" }, l: { secret: "${env:SECRET}" } }
)~",
     R"~(:4:41 error WYE1406 keys "k" and "l" have the same secret)~"},
    {Code::key_expired, appended,
     R"~(keys: { k: { secret: "${env:SECRET}", expires: 2020-01-01 } }
)~",
     R"~(:4:48 warning WYE1407 key "k" expired on 2020-01-01)~"},
    {Code::same_listener, appended,
     R"~(server: { listen: 127.0.0.1:9000, admin_listen: localhost:9000 }
)~",
     R"~(:4:49 error WYE1410 "listen" and "admin_listen" both take port 9000 · give admin_listen another port)~"},
    {Code::same_listener, appended,
     R"~(server: { listen: 127.0.0.1:8081 }
)~",
     R"~(:4:19 error WYE1410 "listen" and "admin_listen" both take port 8081 · give admin_listen another port)~"},
    {Code::open_listener, appended, R"~(server: { listen: 0.0.0.0:8080 }
)~",
     R"~(:4:19 warning WYE1408 listen is open to other machines and there are no keys: only clients on this machine are answered · configure keys)~"},
    {Code::default_task_forbidden, appended,
     R"~(tasks: { t: { route: [a, b] }, u: { route: [b, c] } }
keys: { k: { secret: "${env:SECRET}", task: u, tasks: [t] } }
)~",
     R"~(:5:45 error WYE1409 key "k" may not use its default task "u" · add it to its tasks)~"},
    {Code::unknown_kind, alone, R"~(version: 1
providers: { opnai: {} }
deployments: { a: { provider: opnai, model: m } }
)~",
     R"~(:2:14 error WYE1501 provider "opnai" is not in the catalog and has no kind · did you mean "openai"?)~"},
    {Code::unknown_model, alone, R"~(version: 1
providers: { openai: {} }
deployments: { a: { provider: openai, model: gpt-6-lunar } }
)~",
     R"~(:3:46 warning WYE1502 the catalog does not know model "gpt-6-lunar" of openai; its price and abilities are not known · did you mean "gpt-6-luna"?)~"},
    {Code::clear_transport, alone, R"~(version: 1
providers: { p: { kind: openai_compatible, base_url: "http://gpu.internal/v1", api_key: "${env:SECRET}" } }
deployments: { a: { provider: p, model: m } }
)~",
     R"~(:2:89 warning WYE1503 the key of provider "p" would go to gpu.internal over plain http · use https)~"},
    {Code::endpoint_in_url, alone, R"~(version: 1
providers: { p: { kind: openai_compatible, base_url: "http://127.0.0.1/v1/chat/completions" } }
deployments: { a: { provider: p, model: m } }
)~",
     R"~(:2:54 error WYE1504 base_url must not hold /chat/completions · write http://127.0.0.1/v1)~"},
    {Code::ca_file, alone, R"~(version: 1
providers: { p: { kind: openai_compatible, base_url: "https://h/v1", ca_file: not.pem } }
deployments: { a: { provider: p, model: m } }
)~",
     R"~(:2:79 warning WYE1505 not.pem holds no PEM certificate)~"},
    {Code::url_placeholder, alone, R"~(version: 1
providers: { azure: { api_key: "${env:SECRET}" } }
deployments: { a: { provider: azure, model: gpt-6.1-sol } }
)~",
     R"~(:2:14 error WYE1507 provider "azure" needs its resource, or a base_url like https://{resource}.openai.azure.com/openai/v1)~"},
    {Code::path_in_url, alone, R"~(version: 1
providers: { ollama: { base_url: "http://gpu:11434" } }
deployments: { a: { provider: ollama, model: "qwen3:8b" } }
)~",
     R"~(:2:34 warning WYE1508 base_url of provider "ollama" has no path, where /v1 is usual · is http://gpu:11434/v1 meant?)~"},
    {Code::no_fallback, appended, R"~(routes: { r: [a, b, c] }
tasks: { t: { route: a } }
)~",
     R"~(:5:10 warning WYE2101 task "t" has one deployment and no fallback · add fallbacks)~"},
    {Code::useless_fallback, appended,
     R"~(tasks: { t: { route: [a, b, c], fallbacks: [ { to: b } ] } }
)~",
     R"~(:4:52 warning WYE2102 this fallback of task "t" is in its route already)~"},
    {Code::latency_order, appended,
     R"~(tasks: { t: { route: [a, b, c], latency: { ttft: 10s, total: 5s } } }
)~",
     R"~(:4:50 warning WYE2103 ttft 10s of task "t" is longer than total 5s)~"},
    {Code::schema_unusable, appended,
     R"~(tasks: { t: { route: [a, b, c], output: { schema: nowhere.json } } }
)~",
     R"~(:4:51 error WYE2104 cannot read nowhere.json)~"},
    {Code::commit_too_early, appended,
     R"~(tasks: { t: { route: [a, b, c], output: { json: true }, stream: { commit: first_token } } }
)~",
     R"~(:4:75 error WYE2105 task "t" checks its output, and passes it on before · use validated)~"},
    {Code::bad_commit, appended,
     R"~(tasks: { t: { route: [a, b, c], stream: { commit: "window(32,400)" } } }
)~",
     R"~(:4:51 error WYE1214 "commit" in "stream" of task "t" must be first_token, validated, or a window such as "window(32tok,400ms)", not "window(32,400)")~"},
    {Code::one_of_keys, appended,
     R"~(tasks: { t: { route: [a, b, c], output: { on_invalid: [repair] } } }
)~",
     R"~(:4:41 error WYE1109 "output" of task "t" says nothing of what is valid · give a schema, or json: true)~"},
    {Code::price_unknown, appended,
     R"~(routes: { r: { strategy: lowest_cost, deployments: [a, b, c] } }
)~",
     R"~(:4:59 error WYE2207 lowest_cost compares prices; the price of deployment "c" is not known · give its price in the deployment)~"},
    {Code::price_unknown, appended,
     R"~(tasks: { t: { route: [a, c], max_cost: $1, fallbacks: [ { to: b } ] } }
)~",
     R"~(:4:26 error WYE2207 task "t" has a max_cost; the price of deployment "c" is not known · give its price in the deployment)~"},
    {Code::baseline_price, appended, R"~(baseline: { single: c }
)~",
     R"~(:4:21 warning WYE2208 the price of the baseline "c" is not known · give its price in the deployment)~"},
    {Code::ability_unknown, appended,
     R"~(tasks: { t: { route: [a, c], requires: { tools: true }, fallbacks: [ { to: b } ] } }
)~",
     R"~(:4:26 warning WYE2209 task "t" requires tools; whether deployment "c" can is not known · give its abilities in the deployment)~"},
    {Code::lacks_ability, appended, R"~(routes: { r: [a, b, c] }
tasks: { t: { route: b, requires: { reasoning: true, json_schema: true }, fallbacks: [ { to: a } ] } }
)~",
     R"~(:5:94 error WYE2210 task "t" requires reasoning; deployment "a" does not offer it)~"},
    {Code::context_too_small, appended, R"~(routes: { r: [b, c] }
tasks: { t: { route: r, requires: { context: 150k }, fallbacks: [ { to: a } ] } }
)~",
     R"~(:5:73 error WYE2211 task "t" requires a context of 150000 tokens; deployment "a" has 128000)~"},
    {Code::not_approved, appended,
     R"~(tasks: { t: { route: [a, b], data_class: pii, fallbacks: [ { to: c } ] } }
)~",
     R"~(:4:66 error WYE2212 task "t" has data class pii; provider "far" of deployment "c" is not approved for it)~"},
    {Code::outside_regions, appended,
     R"~(tasks: { t: { route: [a, b], regions: on_prem, fallbacks: [ { to: c } ] } }
)~",
     R"~(:4:67 error WYE2213 task "t" is limited to on_prem; provider "far" of deployment "c" says no region)~"},
    {Code::retains_data, appended,
     R"~(tasks: { t: { route: [a, b], zdr: true, fallbacks: [ { to: c } ] } }
)~",
     R"~(:4:60 error WYE2214 task "t" wants zero data retention; provider "far" of deployment "c" is not marked zdr)~"},
    {Code::over_price, alone, R"~(version: 1
providers: { sim: { kind: simulator } }
deployments: { a: { provider: sim, model: sim-fast }, b: { provider: sim, model: sim-smart } }
tasks: { t: { route: [a, b], max_price: { output: $1/M } } }
)~",
     R"~(:4:26 warning WYE2215 task "t" never uses deployment "b": its price $2.00/M in, $8.00/M out is over max_price)~"},
    {Code::weights_ignored, appended,
     R"~(routes: { r: { strategy: priority, deployments: { a: 1, b: 2, c: 3 } } }
)~",
     R"~(:4:26 error WYE2216 strategy priority of route "r" does not look at weights · list the deployments without weights, or use strategy weighted)~"},
    {Code::no_weight, appended, R"~(routes: { r: { deployments: { a: 0, b: 0, c: 0 } } }
)~",
     R"~(:4:29 error WYE2217 all weights of route "r" are 0)~"},
    {Code::rule_unreachable, appended, R"~(rules:
  - { when: { ask.tokens: "< 1000" }, use: a }
  - { when: { stream: true, ask.tokens: "< 500" }, use: b }
  - { use: c }
)~",
     R"~(:6:5 warning WYE2301 this rule is never reached: the rule in line 5 matches all that it matches · put the narrower rule first)~"},
    {Code::rule_unreachable, appended, R"~(rules:
  - { use: c }
  - { when: { stream: true }, use: b }
  - { when: { stream: false }, use: a }
)~",
     R"~(:6:5 warning WYE2301 this rule is never reached: the rule in line 5 matches all that it matches · put the narrower rule first
:7:5 warning WYE2301 this rule is never reached: the rule in line 5 matches all that it matches · put the narrower rule first)~"},
    // Beside other errors; one in a condition makes its own rule look wider than it is.
    {Code::rule_unreachable, appended, R"~(server: { threadz: 1 }
rules:
  - { when: { stream: true, taag: x }, use: a }
  - { when: { stream: true }, use: nobody }
  - { when: { stream: true, endpoint: chat, streem: 1 }, use: b }
  - { use: c }
)~",
     R"~(:4:11 error WYE1102 unknown key "threadz" in "server" · did you mean "threads"?
:6:29 error WYE1102 unknown key "taag" in "when" of "rules" · did you mean "tag"?
:7:36 error WYE1301 there is no route or deployment "nobody"
:8:5 warning WYE2301 this rule is never reached: the rule in line 7 matches all that it matches · put the narrower rule first
:8:45 error WYE1102 unknown key "streem" in "when" of "rules" · did you mean "stream"?)~"},
    {Code::rule_unreachable, appended, R"~(rules:
  - { when: { stream: true, stream: false }, use: a }
  - { when: &both { needs: [tools, toolz] }, use: a }
  - { when: *both, use: b }
  - { when: { needs: tools }, use: b }
  - { use: c }
  - { when: { stream: true }, use: b }
)~",
     R"~(:5:29 error WYE1008 key "stream" is given twice in one map · remove one of them
:6:36 error WYE1104 "toolz" is not a value of "needs" in "when" of "rules" · did you mean "tools"?
:10:5 warning WYE2301 this rule is never reached: the rule in line 9 matches all that it matches · put the narrower rule first)~"},
    {Code::unknown_zone, appended,
     R"~(rules: [ { when: { time: "18:00-08:00 Europe/Pariss" }, use: a } ]
)~",
     R"~(:4:26 error WYE2302 there is no time zone "Europe/Pariss")~"},
    {Code::key_not_available, appended, R"~(cache: { mode: exact }
)~",
     R"~(:4:1 error WYE2901 "cache" is not available yet · remove the section)~"},
    {Code::key_not_available, appended,
     R"~(tasks: { t: { route: [a, b, c], objective: { success: 99% } } }
)~",
     R"~(:4:46 error WYE2901 "success" in "objective" of task "t" is not available yet · remove it; add fallbacks)~"},
    {Code::value_not_available, appended,
     R"~(tasks: { t: { route: [a, b], fallbacks: [ { to: c, after: [low_quality] } ] } }
)~",
     R"~(:4:60 error WYE2903 "low_quality" in "after" in "fallbacks" of task "t" is not available yet · answers are not scored yet; remove it from the list)~"},
    {Code::value_not_available, appended,
     R"~(routes: { r: { strategy: weighted, deployments: [a, b, c] } }
tasks: { t: { route: r, objective: { prefer: cost } } }
)~",
     R"~(:5:46 error WYE2903 prefer: cost is not available yet for a route with a strategy of its own (route "r" has weighted) · remove prefer, or the strategy of the route)~"},
};

std::string text_of(const Row& row) {
  return (row.form == appended ? std::string(base) : std::string()) + std::string(row.text);
}

// The lines of format_text without the excerpts of the source.
std::string lines_of(const std::vector<Diagnostic>& list) {
  std::string out = format_text(list, "", "");
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

TEST(Diagnostics, EachHasItsPlaceAndText) {
  for (const Row& row : rows) {
    const LoadResult result = load_text(text_of(row));
    EXPECT_EQ(lines_of(result.diagnostics), row.expected) << text_of(row);
    EXPECT_TRUE(std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                            [&](const Diagnostic& one) { return one.code == row.code; }))
        << format_code(row.code) << " is not given for\n"
        << text_of(row);
    const bool any_error =
        std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                    [](const Diagnostic& one) { return one.severity == Severity::error; });
    EXPECT_EQ(result.rules == nullptr, any_error);
  }
}

TEST(Diagnostics, EveryCodeOfTheTableIsGivenBySomething) {
  std::set<Code> given;
  for (const Row& row : rows) given.insert(row.code);
  // These need texts that do not fit into the table; see document_test.cc, and below.
  given.insert({Code::encoding, Code::too_large, Code::too_many_nodes, Code::too_many_names,
                Code::model_retires});
  // These are given by the world; see lab/online_check_test.cc.
  given.insert({Code::provider_unreachable, Code::tls_failed, Code::key_refused, Code::no_answer,
                Code::odd_answer, Code::model_not_offered, Code::not_verified});
  for (const CodeInfo& row : codes()) {
    EXPECT_TRUE(given.contains(row.code)) << format_code(row.code) << " " << row.title;
    EXPECT_FALSE(row.title.empty());
    EXPECT_GT(row.explanation.size(), 20u);
  }
}

TEST(Diagnostics, TooManyNames) {
  std::string text = "version: 1\nproviders:\n  sim: { kind: simulator, regions: [r0";
  for (int i = 1; i < 65; ++i) text += ", r" + std::to_string(i);
  text += "] }\ndeployments: { a: { provider: sim, model: sim-fast } }\n";
  const LoadResult result = load_text(text);
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].code, Code::too_many_names);
  EXPECT_EQ(result.diagnostics[0].where.line, 3);
}

// The catalog changes, so the model is one of the test's own.
TEST(Diagnostics, ModelRetires) {
  const auto catalog = Catalog::read_excerpt(
      R"({"name":"v","base_url":"http://127.0.0.1:1/v1","auth":"none","models":[)"
      R"({"id":"old","retires":"2026-01-31"},{"id":"soon","retires":"2027-01-31"},{"id":"later","retires":"2028-01-31"}]})");
  ASSERT_TRUE(catalog);
  const LoadResult result = load(
      "version: 1\nproviders: { v: {} }\ndeployments:\n  a: { provider: v, model: old }\n"
      "  b: { provider: v, model: soon }\n  c: { provider: v, model: later }\n",
      "wye.yaml", *catalog, usual_environment());
  EXPECT_EQ(lines_of(result.diagnostics),
            ":4:28 warning WYE1506 model \"old\" was retired on 2026-01-31\n"
            ":5:28 warning WYE1506 model \"soon\" retires on 2027-01-31");
}

TEST(Diagnostics, CodesAreParsedAndExplained) {
  for (const CodeInfo& row : codes()) {
    EXPECT_EQ(parse_code(format_code(row.code)), row.code);
    EXPECT_NE(explain(row.code).find(row.explanation), std::string::npos);
  }
  EXPECT_EQ(parse_code("1102"), Code::unknown_key);
  EXPECT_EQ(parse_code("WYE9999"), std::nullopt);
  EXPECT_EQ(parse_code("WYE1102x"), std::nullopt);
}

}  // namespace
}  // namespace wye::config
