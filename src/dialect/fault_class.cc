// Fault class: the tables. A row is added when a provider is seen to say it. Pure.
#include "dialect/fault_class.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace wye {
namespace {

using enum FaultKind;

constexpr std::string_view request_over_limit = "rate_limit_request_too_large";
// Of a thing that is not there and that is no model.
constexpr std::string_view not_found_code = "not_found";

// Words of codes, types and reasons that leave no doubt.
constexpr auto sure_words = std::to_array<std::pair<std::string_view, FaultKind>>({
    {"insufficient_quota", quota},
    {"billing_error", quota},
    {"billing_not_active", quota},
    {"billing_hard_limit_reached", quota},
    {"payment_required", quota},
    {"insufficient_credits", quota},
    {"insufficient_balance", quota},
    {"enforced_spend_limit_reached", quota},
    {"contract_spend_limit_reached", quota},
    {"linked_organization_spend_limit_reached", quota},
    {"servicequotaexceededexception", quota},
    {"context_length_exceeded", context_window},
    {"exceed_context_size_error", context_window},
    {"too_many_prompt_tokens", context_window},
    {"token_limit_exceeded", context_window},
    {"max_tokens_exceeded", context_window},
    {"content_filter", content_filter},
    {"content_policy_violation", content_filter},
    {"responsibleaipolicyviolation", content_filter},
    {"moderation_blocked", content_filter},
    {"invalid_prompt", content_filter},
    {"safety", content_filter},
    {"invalid_api_key", auth},
    {"api_key_invalid", auth},
    {"authentication_error", auth},
    {"authentication", auth},
    {"unauthenticated", auth},
    {"unauthorized", auth},
    {"token_expired", auth},
    {"account_deactivated", auth},
    {"unrecognizedclientexception", auth},
    {"expiredtokenexception", auth},
    {"invalidsignatureexception", auth},
    {"invalidclienttokenid", auth},
    {"missingauthenticationtokenexception", auth},
    {"incompletesignatureexception", auth},
    {"signaturedoesnotmatch", auth},
    {"access_token_expired", auth},
    {"model_not_found", model_gone},
    {"model_decommissioned", model_gone},
    {"model_deprecated", model_gone},
    {"deploymentnotfound", model_gone},
    {"invalid_model", model_gone},
    {"model_not_available", model_gone},
    {"unknown_model", model_gone},
    {"tool_use_failed", invalid_output},
    {"json_validate_failed", invalid_output},
    {"output_parse_failed", invalid_output},
    {"overloaded_error", overloaded},
    {"provider_overloaded", overloaded},
    {"engine_overloaded", overloaded},
    {"model_overloaded", overloaded},
    {"capacity_exceeded", overloaded},
    {"modelnotreadyexception", overloaded},
    {"deadline_exceeded", timeout},
    {"modeltimeoutexception", timeout},
    {"timeout_error", timeout},
    {"request_too_large", too_large},
    {"payload_too_large", too_large},
    {"unsupported_parameter", bad_request},
    {"unsupported_value", bad_request},
    {"unknown_parameter", bad_request},
    {"not_supported_error", bad_request},
    {"3051", bad_request},
    {"permission_error", permission},
    {"permission_denied", permission},
    {"accessdeniedexception", permission},
    {"insufficient_permissions", permission},
    {"not_authorized", permission},
    {"throttlingexception", rate_limit},
    {"ramp_limit_exceeded", rate_limit},
    {"dynamic_request_limited", rate_limit},
    {"dynamic_token_limited", rate_limit},
    {"upstream_rate_limited", rate_limit},
    {"provider_unavailable", outage},
    {"modelerrorexception", outage},
    {"modelstreamerrorexception", outage},
});

// Words that are only believed when no phrase says better.
constexpr auto likely_words = std::to_array<std::pair<std::string_view, FaultKind>>({
    {"rate_limit_exceeded", rate_limit},
    {"rate_limit_error", rate_limit},
    {"ratelimitreached", rate_limit},
    {"too_many_requests", rate_limit},
    {"resource_exhausted", rate_limit},
    {"tokens", rate_limit},
    {"requests", rate_limit},
    {"serviceunavailableexception", overloaded},
    {"service_unavailable", overloaded},
    {"unavailable", overloaded},
    {"not_found_error", model_gone},
    {"not_found", model_gone},
    {"server_error", outage},
    {"api_error", outage},
    {"internal", outage},
    {"internalserverexception", outage},
});

// Phrases of messages, lower case. `also` must be there too. A status of 0 means any.
struct Phrase {
  std::string_view text;
  std::string_view also;
  int status;
  FaultKind kind;
  std::string_view code;
};
// These are surer than any word that comes with them: a file that the client names and that is not
// there, or not its own, says nothing of the model and of our key.
constexpr auto sure_phrases = std::to_array<Phrase>({
    {"file not found: file_", "", 404, bad_request, ""},
    {"file not found: file_", "", 403, bad_request, ""},
    {"no such file object", "", 404, bad_request, ""},
    {"no such file object", "", 403, bad_request, ""},
    {"permission to access the file", "", 404, bad_request, ""},
    {"permission to access the file", "", 403, bad_request, ""},
});
constexpr auto phrases = std::to_array<Phrase>({
    // Sizes first: their wording overlaps with that of rate limits.
    {"request too large", "", 429, context_window, request_over_limit},
    {"maximum context length", "", 0, context_window, ""},
    {"prompt is too long", "", 0, context_window, ""},
    {"input is too long", "", 0, context_window, ""},
    {"input token count", "exceeds", 0, context_window, ""},
    {"exceeds the maximum number of tokens", "", 0, context_window, ""},
    {"context window", "", 400, context_window, ""},
    {"context length", "", 400, context_window, ""},
    {"context length", "", 403, context_window, ""},
    {"available context size", "", 0, context_window, ""},
    {"is too large to process", "", 0, context_window, ""},
    {"too many tokens", "", 400, context_window, ""},
    {"too many prompt tokens", "", 0, context_window, ""},
    {"reduce the length of the", "", 400, context_window, ""},
    // The account.
    {"per day", "", 429, quota, ""},
    {"per month", "", 429, quota, ""},
    {"insufficient balance", "", 0, quota, ""},
    {"insufficient credit", "", 0, quota, ""},
    {"credit balance is too low", "", 0, quota, ""},
    {"insufficient funds", "", 0, quota, ""},
    {"out of credits", "", 0, quota, ""},
    {"spend limit", "", 0, quota, ""},
    {"spending limit", "", 0, quota, ""},
    {"billing hard limit", "", 0, quota, ""},
    // Waiting helps.
    {"getting throttled", "", 0, rate_limit, ""},
    {"rate-limited", "", 0, rate_limit, ""},
    {"rate limit", "", 429, rate_limit, ""},
    {"rate limit exceeded", "", 0, rate_limit, ""},
    {"overloaded", "", 0, overloaded, ""},
    {"at capacity", "", 0, overloaded, ""},
    {"over capacity", "", 0, overloaded, ""},
    {"too busy", "", 0, overloaded, ""},
    {"currently loading", "", 0, overloaded, ""},
    // Content.
    {"content management policy", "", 0, content_filter, ""},
    {"content violates", "", 0, content_filter, ""},
    {"violates usage guidelines", "", 0, content_filter, ""},
    {"safety system", "", 0, content_filter, ""},
    {"usage policies", "flagged", 0, content_filter, ""},
    {"requires moderation", "", 403, content_filter, ""},
    // Credentials.
    {"api key not valid", "", 0, auth, ""},
    {"incorrect api key", "", 0, auth, ""},
    {"invalid api key", "", 0, auth, ""},
    {"invalid authentication", "", 0, auth, ""},
    {"authentication fails", "", 0, auth, ""},
    {"security token included", "", 0, auth, ""},
    {"authentication token", "", 401, auth, ""},
    // What the model cannot do, before that the model is not there.
    {"no endpoints found that support", "tool", 404, bad_request, unsupported_code},
    {"is not supported in this model", "", 0, bad_request, unsupported_code},
    {"is not supported with this model", "", 0, bad_request, unsupported_code},
    {"not supported with this model", "", 0, bad_request, unsupported_code},
    {"does not support", "", 0, bad_request, unsupported_code},
    {"doesn't support", "", 0, bad_request, unsupported_code},
    {"is not enabled for", "", 400, bad_request, unsupported_code},
    {"requires --jinja", "", 0, bad_request, unsupported_code},
    {"unknown parameter", "", 400, bad_request, unsupported_code},
    {"unsupported parameter", "", 400, bad_request, unsupported_code},
    // The model.
    {"model", "does not exist", 0, model_gone, ""},
    {"model", "decommissioned", 0, model_gone, ""},
    {"model", "deprecated", 0, model_gone, ""},
    {"model", "end of its life", 0, model_gone, ""},
    {"model", "was removed", 0, model_gone, ""},
    {"not a valid model", "", 0, model_gone, ""},
    {"model identifier is invalid", "", 0, model_gone, ""},
    {"invalid model", "", 0, model_gone, ""},
    {"model", "on-demand throughput", 0, model_gone, ""},
    {"model", "supported models are", 0, model_gone, ""},
    {"no endpoints found", "", 0, model_gone, ""},
    {"model", "not found", 404, model_gone, ""},
});

FaultClass by_status(int status) {
  switch (status) {
    case 401: return {auth, ""};
    case 402:
    case 412: return {quota, ""};
    case 403: return {permission, ""};
    case 404:
    case 410: return {model_gone, ""};
    case 408:
    case 504: return {timeout, ""};
    case 409: return {overloaded, ""};
    case 413: return {too_large, ""};
    case 424: return {outage, ""};
    case 429: return {rate_limit, ""};
    case 498:  // Groq, flex tier
    case 503:
    case 529: return {overloaded, ""};
    case 501: return {bad_request, unsupported_code};
    default: break;
  }
  return {status >= 400 && status < 500 ? bad_request : outage, ""};
}

template <class Table>
const FaultKind* find_word(const Table& table, const ErrorBody& body) {
  for (const std::string& word : body.words) {
    for (const auto& row : table) {
      if (row.first == word) return &row.second;
    }
  }
  return nullptr;
}

// Where a quote that is no apostrophe stands first, or last if `from_end`.
std::size_t find_quote(std::string_view text, std::string_view kinds, bool from_end) {
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && is_alphanumeric(text[at]);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t at = from_end ? text.size() - 1 - i : i;
    if (kinds.find(text[at]) == std::string_view::npos) continue;
    const bool before = in_word(at - 1), after = in_word(at + 1);  // at -1 there is nothing
    const bool apostrophe = text[at] == '\'' && before && (after || !from_end);
    if (!apostrophe) return at;
  }
  return std::string_view::npos;
}

// What a provider says in its own words. It quotes values of the client's, and these may hold
// quotes, too: so all goes that stands between the first quote and the last one of its kind. Where
// there is no other, the message was cut within what it quotes.
std::string without_quotations(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t first = find_quote(text, "'\"`", false);
    out += text.substr(0, first);
    if (first == std::string_view::npos) return out;
    const char kind = text[first];
    text.remove_prefix(first + 1);
    const std::size_t last = find_quote(text, {&kind, 1}, true);
    if (last == std::string_view::npos) return out;
    text.remove_prefix(last + 1);
  }
}

// What an error says, lower case.
struct Said {
  int status;
  std::string all;
  std::string unquoted;
  bool of_field;  // a member of the client's body is what is wrong
  bool of_model;  // and it is the model
};

// These statuses speak of the account whatever comes with them.
bool is_of_account(int status) {
  return status == 401 || status == 402 || status == 403 || status == 408 || status == 429;
}

bool names_field(int status, const ErrorBody& body) {
  if (status < 400 || status > 499 || is_of_account(status)) return false;
  return !body.param.empty() || body.code == "invalid_value" || body.code == "invalid_type" ||
         body.code == "invalid_enum_value";
}

Said said_by(int status, const ErrorBody& body) {
  Said said{status, to_lower(body.message), {}, names_field(status, body), body.param == "model"};
  // Nothing that a client wrote is the reason for a 429, and Google quotes the quota's name.
  said.unquoted = status == 429 ? said.all : without_quotations(said.all);
  return said;
}

// Whether the phrase is said, and by the provider if it is about more than this one request: a
// client that has it quoted back must not take the deployment out for all others.
bool is_said(const Phrase& phrase, const Said& said) {
  if (phrase.status != 0 && phrase.status != said.status) return false;
  const bool of_request = traits(phrase.kind).whose == Whose::client;
  const bool of_field = said.of_field && !(said.of_model && phrase.kind == model_gone);
  if (of_field && !of_request) return false;
  const std::string_view message = of_request ? said.all : said.unquoted;
  return message.find(phrase.text) != std::string_view::npos &&
         message.find(phrase.also) != std::string_view::npos;
}

template <class Table>
const Phrase* find_phrase(const Table& table, const Said& said) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Phrase& phrase) { return is_said(phrase, said); });
  return found == table.end() ? nullptr : &*found;
}

bool any_word_has(const ErrorBody& body, std::string_view part) {
  return std::any_of(body.words.begin(), body.words.end(),
                     [&](const std::string& word) { return word.find(part) != std::string::npos; });
}

// Google says "You exceeded your current quota" for every limit; only the quota's id tells which.
const FaultKind* by_quota_id(const ErrorBody& body) {
  static constexpr FaultKind day = quota, minute = rate_limit;
  if (any_word_has(body, "perday")) return &day;
  if (any_word_has(body, "perminute")) return &minute;
  return nullptr;
}

// What is not there may be a conversation or a store that the client names, too. Where nothing is
// named, or no API answered at all, it is the address that is wrong, and that is as bad.
bool is_model_missing(const Said& said, const ErrorBody& body) {
  static constexpr auto bare = std::to_array<std::string_view>(
      {"", "not found", "not_found", "resource not found", "404 page not found"});
  if (!body.found || said.of_model) return true;
  if (std::find(bare.begin(), bare.end(), trim(said.all)) != bare.end()) return true;
  for (const std::string_view word : {"model", "deployment", "end of its life"}) {
    if (said.unquoted.find(word) != std::string::npos || any_word_has(body, word)) return true;
  }
  return false;
}

// The class by the words that are believed last, and by the status.
FaultClass by_little(const Said& said, const ErrorBody& body) {
  // A status that says more than "bad request" outranks the vaguer words.
  if (said.status == 401 || said.status == 402) return by_status(said.status);
  const FaultKind* word = find_word(likely_words, body);
  const FaultClass found = word != nullptr ? FaultClass{*word, ""} : by_status(said.status);
  if (found.kind != model_gone || is_model_missing(said, body)) return found;
  return {bad_request, not_found_code};
}

}  // namespace

FaultClass classify(int status, const ErrorBody& body) {
  if ((status < 400 || status > 599) && body.status != 0) status = body.status;
  const Said said = said_by(status, body);
  const std::string& message = said.all;
  if (const Phrase* sure = find_phrase(sure_phrases, said)) {
    return {sure->kind, sure->code};
  }
  if (const FaultKind* kind = by_quota_id(body)) return {*kind, ""};
  if (const FaultKind* kind = find_word(sure_words, body)) {
    // Bedrock throttles by the day with the word for throttling by the minute.
    const bool by_day = *kind == rate_limit && message.find("per day") != std::string::npos;
    return {by_day ? quota : *kind, *kind == bad_request ? unsupported_code : ""};
  }
  if (const Phrase* phrase = find_phrase(phrases, said)) {
    return {phrase->kind, phrase->code};
  }
  // OpenAI's older form of an empty account; Google's has a quota id or a delay.
  if (status == 429 && body.wait_ms < 0 &&
      message.find("exceeded your current quota") != std::string::npos) {
    return {quota, ""};
  }
  return by_little(said, body);
}

Fault fault_of(int status, ErrorBody body) {
  const FaultClass found = classify(status, body);
  Fault out;
  out.kind = found.kind;
  out.message = std::move(body.message);
  if (out.message.empty())
    out.message = fmt::format("The provider answered {} and said no more.", status);
  out.code =
      found.code.empty() || !body.code.empty() ? std::move(body.code) : std::string(found.code);
  if (found.code == request_over_limit) out.code = request_over_limit;
  // What is not there in this account may well be there in another.
  out.only_here =
      found.kind == bad_request && (found.code == unsupported_code || found.code == not_found_code);
  out.param = std::move(body.param);
  out.provider_status = status;
  out.retry_after_ms = body.wait_ms;
  return out;
}

}  // namespace wye
