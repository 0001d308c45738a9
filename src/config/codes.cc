// The table of diagnostics; see codes.h. One row a code, in ascending order.
#include "config/codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace wye::config {
namespace {

constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;

constexpr auto table = std::to_array<CodeInfo>({
    {Code::encoding, error, "not UTF-8 text",
     "The file must be UTF-8 text. It holds bytes that are not UTF-8, or control characters, which "
     "is "
     "what happens when another kind of file is given or an editor saved in another encoding. Save "
     "it "
     "as UTF-8."},
    {Code::syntax, error, "not YAML",
     "The file cannot be read as YAML at this place. The usual causes are a tab in the indentation "
     "(YAML wants spaces), keys of one map that are not indented alike, a bracket or quote that is "
     "not closed, or a value with a colon and a space in it that is not quoted."},
    {Code::too_large, error, "file too large",
     "A configuration may have 4 MiB. A larger file is most likely not a configuration."},
    {Code::too_deep, error, "nested too deeply",
     "Lists and maps may be nested 32 deep; the configuration needs about 6."},
    {Code::too_many_nodes, error, "too many values",
     "A configuration may hold 200000 values after its aliases (*name) are replaced by what they "
     "stand "
     "for. Aliases of aliases grow quickly."},
    {Code::empty, error, "empty file",
     "There is nothing in the file. `wye init` writes a starting file from the keys that it finds "
     "in "
     "the environment."},
    {Code::many_documents, error, "more than one document",
     "The file holds more than one YAML document, separated by ---. Only one is allowed, so that "
     "nothing is silently left out."},
    {Code::duplicate_key, error, "key given twice",
     "The same key appears twice in one map. YAML readers keep one of them and drop the other in "
     "silence, so this is refused. Remove one."},
    {Code::yaml_feature, error, "YAML feature not supported",
     "Custom tags, maps as keys, aliases of nothing and merge keys (<<) of anything but maps are "
     "not "
     "read. Anchors, aliases and merging maps are."},
    {Code::missing_key, error, "required key missing",
     "A key that must be present is not. The reference says what it means."},
    {Code::unknown_key, error, "unknown key",
     "The configuration has no such key at this place. Unknown keys are errors, because a "
     "misspelled "
     "limit that is silently ignored is worse than a file that is refused. Keys that start with x- "
     "are "
     "free at the top level, to hold anchors."},
    {Code::wrong_type, error, "wrong type of value",
     "The value has another type than this key takes, for example a list where one name is wanted, "
     "or "
     "yes where true is wanted."},
    {Code::unknown_word, error, "not one of the allowed words",
     "This key takes one of a few words, and this is none of them."},
    {Code::bad_name, error, "name not usable",
     "Names of providers, deployments, routes, tasks and keys travel in headers, metrics and "
     "addresses: "
     "they start with a letter or digit, hold letters, digits and . _ - / : @ +, have at most 128 "
     "characters "
     "and do not start with task/ (that prefix names a task in the model field)."},
    {Code::out_of_range, error, "number out of range",
     "The number is smaller or larger than this key takes."},
    {Code::bad_version, error, "version not supported",
     "`version` says which form of the configuration the file is written in. This program reads "
     "version 1."},
    {Code::empty_value, error, "empty value",
     "The key has no value, or an empty list or text where at least one thing is needed. Remove "
     "the "
     "key to get its default. A provider without settings (openai:) has all of them from the "
     "catalog."},
    {Code::one_of_keys, error, "keys exclude each other",
     "Of some keys exactly one is wanted: a fallback has either `to` or `degrade`, a degrade has "
     "either "
     "`to` or `answer`, a key has either `secret` or `sha256`."},
    {Code::bad_duration, error, "not a duration",
     "Durations carry a unit: 250ms, 2s, 10m, 1h, 7d. A bare number is refused, because nobody can "
     "see "
     "whether it means seconds or milliseconds."},
    {Code::bad_money, error, "not an amount of money", "Amounts are in dollars: $500, $0.25."},
    {Code::bad_price, error, "not a price",
     "Prices are dollars per million or per thousand tokens: $0.88/M or $0.00088/k."},
    {Code::bad_count, error, "not a count",
     "Counts are whole numbers, also short: 900, 200k, 1.5M."},
    {Code::bad_bytes, error, "not a size", "Sizes are bytes or carry a unit: 1024, 64KiB, 32MB."},
    {Code::bad_percent, error, "not a percentage", "Shares carry a percent sign: 10%, 99.5%."},
    {Code::bad_range, error, "not a range of durations",
     "A range is two durations with two dots between them, the smaller first: 500ms..5s."},
    {Code::bad_address, error, "not a listen address",
     "A listen address is host:port: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080. The host is an IP "
     "address or localhost."},
    {Code::bad_url, error, "not a URL",
     "A base URL is http:// or https:// with a host, without user, password, query or fragment: "
     "https://api.example.com/v1."},
    {Code::bad_rate, error, "not a rate", "A rate is a number a second: 3/s."},
    {Code::bad_time_window, error, "not a daily window",
     "A daily window is two times of day and a time zone: \"18:00-08:00 Europe/Paris\". It may go "
     "over "
     "midnight."},
    {Code::bad_comparison, error, "not a comparison",
     "A comparison is an operator and a count, in quotes: \"< 500\", \">= 32k\", \"== 0\", \"!= "
     "0\"."},
    {Code::bad_date, error, "not a date", "A date is 2026-12-31 or 2026-12-31T18:00:00Z, in UTC."},
    {Code::bad_commit, error, "not a commit point",
     "A commit point is first_token, validated, or window(TOKENS,TIME): window(32tok,400ms) holds "
     "an answer until 32 tokens have come, or 400 ms have passed since the first."},
    {Code::unknown_name, error, "name leads nowhere",
     "A provider, deployment, route, task, key or data class is named here that the file does not "
     "define."},
    {Code::name_clash, error, "name used twice",
     "Clients name routes and deployments in the same place, the model field; a route and a "
     "deployment "
     "with the same name could not be told apart."},
    {Code::listed_twice, error, "listed twice",
     "The same name is twice in a list in which it may be once."},
    {Code::unused, warning, "defined and not used",
     "A provider that no deployment uses, or a deployment that no route, task, fallback, rule or "
     "baseline uses. It is reachable only by naming it; perhaps a route was meant to hold it."},
    {Code::too_many_names, error, "too many names",
     "A file may name 64 regions and 64 data classes."},
    {Code::clear_secret, error, "secret written in clear",
     "The file holds a secret itself. Files get copied, committed and shown; refer to the secret "
     "instead: ${env:NAME} takes it from the environment, ${file:PATH} from a file. If it was ever "
     "committed or sent, replace it at the provider."},
    {Code::bad_reference, error, "not a reference",
     "A secret is given as ${env:NAME} or ${file:PATH}, alone in the value."},
    {Code::secret_missing, warning, "secret not there",
     "The environment variable is not set or the file cannot be read on this machine. `wye check` "
     "warns, "
     "since the file may be meant for another machine; `wye serve` refuses to start."},
    {Code::secret_unusable, warning, "secret not usable",
     "The secret is there, but it is empty or holds spaces or control characters, so it cannot "
     "travel "
     "in a header. `wye check` warns; `wye serve` refuses to start."},
    {Code::bad_hash, error, "not a SHA-256",
     "`sha256` takes the 64 hexadecimal digits of a SHA-256."},
    {Code::same_secret, error, "two keys with one secret",
     "Two virtual keys have the same secret, so a caller could not be told apart."},
    {Code::key_expired, warning, "key expired",
     "The key's `expires` is in the past; it lets nobody in."},
    {Code::open_listener, warning, "listening beyond this machine without keys",
     "The listener is reachable from other machines and no virtual keys are configured. Only "
     "clients on "
     "this machine are answered, everybody else gets 403. Configure `keys`, or listen on "
     "127.0.0.1."},
    {Code::default_task_forbidden, error, "default task not allowed",
     "The key's default `task` is not among the `tasks` that it may use."},
    {Code::same_listener, error, "API and admin on one address",
     "`listen` and `admin_listen` take the same port of the same address (0.0.0.0 and :: take it "
     "of "
     "every address). Give the admin listener a port of its own."},
    {Code::unknown_kind, error, "unknown provider kind",
     "The catalog has no provider of that kind. `wye catalog` lists them; for anything else that "
     "speaks the OpenAI dialect say `kind: openai_compatible` and give its `base_url`."},
    {Code::unknown_model, warning, "model not in the catalog",
     "The catalog does not know the model at this provider, so its price, context window and "
     "abilities "
     "are not known: nothing is refused for a missing ability, and its cost is not counted. Check "
     "the "
     "spelling, or give `price`, `context` and `abilities` in the deployment. At Azure the model "
     "has the name that you gave it there, so give them."},
    {Code::clear_transport, warning, "secret over plain http",
     "The provider's key would travel unencrypted to another machine. Use https."},
    {Code::endpoint_in_url, error, "endpoint in base_url",
     "`base_url` is the part before /chat/completions, which is added to it."},
    {Code::ca_file, warning, "trust anchors not readable",
     "`ca_file` cannot be read, or holds no PEM certificate. `wye check` warns; `wye serve` "
     "refuses to "
     "start."},
    {Code::model_retires, warning, "model retired",
     "The provider has announced the end of this model; plan to replace it."},
    {Code::url_placeholder, error, "address incomplete",
     "The catalog's address of this provider has a part that is yours, such as the name of your "
     "resource. Give the whole `base_url`."},
    {Code::path_in_url, warning, "path of base_url unlikely",
     "`base_url` has no path where the vendor's addresses have one, or a path that wye adds "
     "itself. "
     "What is asked for is looked for below it: http://gpu:11434 is asked at "
     "/chat/completions, and Ollama and vLLM answer at /v1/chat/completions. Azure is asked below "
     "/openai/v1, and below /openai with an `api_version`; the name of the deployment there is the "
     "`model` of a deployment here."},
    {Code::provider_unreachable, error, "provider cannot be reached",
     "With --online: the address of the provider has no entry in the DNS, or nobody accepts a "
     "connection there. See whether `base_url` is right, and whether this machine may reach it."},
    {Code::tls_failed, error, "TLS cannot be agreed on",
     "With --online: the provider's certificate is not for this address, is out of date or is "
     "signed by nobody whom this machine trusts; or the port does not speak TLS. `ca_file` adds a "
     "trust anchor of your own."},
    {Code::key_refused, error, "key refused",
     "With --online: the provider refused the key. See which secret `api_key` refers to, and "
     "whether it is still valid and of this provider."},
    {Code::no_answer, error, "no answer in time",
     "With --online: the provider accepted the connection and did not answer in time. "
     "`--timeout-ms` "
     "gives it longer."},
    {Code::odd_answer, error, "answer that no provider gives",
     "With --online: something answers at the provider's address, but not as a provider of its "
     "dialect does: a web page, an error of a server, a list of something else. The usual cause is "
     "a `base_url` with a path too many or too few; otherwise the provider is out of order."},
    {Code::model_not_offered, error, "model not offered",
     "With --online: the provider does not have the model that the deployment names, or does not "
     "let this key see it."},
    {Code::not_verified, warning, "could not be verified",
     "With --online: the provider would not say whether the key is good, because it limits "
     "requests, or because the key may not list models. Requests may work all the same."},
    {Code::no_fallback, warning, "task without another way",
     "The task has one deployment and no fallback: when its provider is out, so is the task. Add "
     "`fallbacks`, best on another provider."},
    {Code::useless_fallback, warning, "fallback that is already in the route",
     "The fallback leads only to deployments that the task's route tries anyway."},
    {Code::latency_order, warning, "limits contradict each other",
     "A smaller limit is larger than one that contains it, for example `ttft` larger than `total`; "
     "it "
     "can never take effect."},
    {Code::schema_unusable, error, "schema that cannot be used",
     "The JSON Schema of an output contract could not be read. It is a file of its own, draft 7, "
     "relative to the working directory, without references to other documents."},
    {Code::commit_too_early, error, "answer passed on before it is checked",
     "An output contract is checked on the whole answer, so a streamed answer must be held until "
     "then: `commit: validated`, which is what a task with `output` has by itself."},
    {Code::price_unknown, error, "price needed and not known",
     "A price ceiling, a cost limit or the strategy lowest_cost compares prices, and nobody knows "
     "this "
     "deployment's. Give `price` in the deployment."},
    {Code::baseline_price, warning, "baseline without a price",
     "Savings are measured against the baseline, whose price is not known. Give `price` in the "
     "deployment."},
    {Code::ability_unknown, warning, "ability not known",
     "The task requires an ability, and the catalog does not know the model, so it is used and may "
     "fail. "
     "Give `abilities` in the deployment."},
    {Code::lacks_ability, error, "ability missing",
     "The task requires an ability that the deployment lacks, so the task could never use it. "
     "Choose "
     "another deployment, or drop the requirement."},
    {Code::context_too_small, error, "context window too small",
     "The task requires a larger context window than the deployment has."},
    {Code::not_approved, error, "provider not approved for the data class",
     "The data class of the task may only be seen by providers that are approved for it. Add it to "
     "the "
     "provider's `approved_for`, if it is, or choose another deployment."},
    {Code::outside_regions, error, "provider outside the regions",
     "The task may only be processed in its `regions`, and the provider is in none of them."},
    {Code::retains_data, error, "provider retains data",
     "The task wants zero data retention, and the provider is not marked `zdr: true`."},
    {Code::over_price, warning, "always over the price ceiling",
     "The deployment's price is above the task's `max_price`, so the task never uses it."},
    {Code::weights_ignored, error, "weights without effect",
     "Weights (a map instead of a list) belong to the strategy weighted; the other strategies "
     "do not look at them."},
    {Code::no_weight, error, "no weight",
     "All deployments of the route have the weight 0, so none could be chosen."},
    {Code::rule_unreachable, warning, "rule never reached",
     "An earlier rule matches everything that this rule matches. The first match wins, so this one "
     "never does. Put the narrower rule first."},
    {Code::unknown_zone, error, "unknown time zone",
     "Time zones are named as in the IANA data base, Europe/Paris or UTC, and this machine must "
     "have "
     "that data base (Debian package tzdata)."},
    {Code::key_not_available, error, "key not available yet",
     "The key is part of the configuration as it is designed, and this version does not do it yet. "
     "It "
     "is refused rather than ignored, because a limit that is not kept is worse than none."},
    {Code::value_not_available, error, "value not available yet",
     "The value is part of the configuration as it is designed, and this version does not do it "
     "yet."},
});

}  // namespace

std::string_view to_string(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::span<const CodeInfo> codes() { return table; }

const CodeInfo& info(Code code) {
  const auto row = std::lower_bound(table.begin(), table.end(), code,
                                    [](const CodeInfo& a, Code b) { return a.code < b; });
  return *row;
}

std::string format_code(Code code) { return fmt::format("WYE{:04}", static_cast<int>(code)); }

std::optional<Code> parse_code(std::string_view text) {
  if (text.size() == 7 && (text.starts_with("WYE") || text.starts_with("wye")))
    text.remove_prefix(3);
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  for (const CodeInfo& row : table) {
    if (static_cast<int>(row.code) == number) return row.code;
  }
  return std::nullopt;
}

std::string explain(Code code) {
  const CodeInfo& row = info(code);
  return fmt::format("{} ({}): {}\n\n{}\n", format_code(code), to_string(row.severity), row.title,
                     row.explanation);
}

}  // namespace wye::config
