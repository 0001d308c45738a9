// Sim refusal: tables of words, and the shapes. See sim_refusal.h.
#include "lab/sim_refusal.h"

#include <fmt/format.h>

#include <span>

#include "wire/http1.h"
#include "wire/json.h"

namespace wye {
namespace {

using Kind = SimFaultKind;

// {model}, {tokens} and {limit} in a message are filled in.
struct Row {
  Kind kind;
  int status;
  std::string_view type, code, param, message;
};

constexpr std::string_view openai_bad = "invalid_request_error";
constexpr std::string_view no_prefill_message =
    "This model does not support assistant message prefill. The conversation must end with a user "
    "message.";

constexpr Row openai_rows[]{
    {Kind::status_500, 500, "server_error", "", "",
     "The server had an error while processing your request. Sorry about that!"},
    {Kind::status_503, 503, "server_error", "", "",
     "The engine is currently overloaded, please try again later"},
    {Kind::status_529, 529, "overloaded_error", "", "", "Overloaded"},
    {Kind::rate_limit, 429, "requests", "rate_limit_exceeded", "",
     "Rate limit reached for {model} in organization org-sim on requests per min (RPM). Please try "
     "again later."},
    {Kind::quota, 429, "insufficient_quota", "insufficient_quota", "",
     "You exceeded your current quota, please check your plan and billing details."},
    {Kind::auth, 401, openai_bad, "invalid_api_key", "",
     "Incorrect API key provided: {authorization}."},
    {Kind::permission, 403, openai_bad, "model_not_found", "",
     "Project does not have access to model {model}"},
    {Kind::model_gone, 404, openai_bad, "model_not_found", "",
     "The model `{model}` does not exist or you do not have access to it."},
    {Kind::context_length, 400, openai_bad, "context_length_exceeded", "messages",
     "This model's maximum context length is {limit} tokens. However, your messages resulted in "
     "{tokens} tokens. Please reduce the length of the messages."},
    {Kind::content_filter, 400, openai_bad, "content_filter", "prompt",
     "The response was filtered due to the prompt triggering the content management policy. Please "
     "modify your prompt and retry."},
    {Kind::bad_request, 400, openai_bad, "invalid_value", "messages",
     "Invalid value: the simulated provider refuses this request."},
    {Kind::no_prefill, 400, openai_bad, "invalid_value", "messages", no_prefill_message},
};

constexpr std::string_view anthropic_bad = "invalid_request_error";
constexpr Row anthropic_rows[]{
    {Kind::status_500, 500, "api_error", "", "", "Internal server error"},
    {Kind::status_503, 503, "api_error", "", "", "Service temporarily unavailable"},
    {Kind::status_529, 529, "overloaded_error", "", "", "Overloaded"},
    {Kind::rate_limit, 429, "rate_limit_error", "", "",
     "This request would exceed your organization's rate limit of 50 requests per minute."},
    {Kind::quota, 400, anthropic_bad, "", "",
     "Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or "
     "purchase credits."},
    {Kind::auth, 401, "authentication_error", "", "", "invalid x-api-key"},
    {Kind::permission, 403, "permission_error", "", "",
     "Your API key does not have permission to use the specified resource."},
    {Kind::model_gone, 404, "not_found_error", "", "", "model: {model}"},
    {Kind::context_length, 400, anthropic_bad, "", "",
     "prompt is too long: {tokens} tokens > {limit} maximum"},
    {Kind::content_filter, 0, "", "", "", ""},
    {Kind::bad_request, 400, anthropic_bad, "", "",
     "messages: the simulated provider refuses this request."},
    {Kind::no_prefill, 400, anthropic_bad, "", "", no_prefill_message},
};

constexpr std::string_view gemini_bad = "INVALID_ARGUMENT";
constexpr Row gemini_rows[]{
    {Kind::status_500, 500, "INTERNAL", "", "", "An internal error has occurred. Please retry."},
    {Kind::status_503, 503, "UNAVAILABLE", "", "",
     "The model is overloaded. Please try again later."},
    {Kind::status_529, 529, "UNAVAILABLE", "", "",
     "The model is overloaded. Please try again later."},
    {Kind::rate_limit, 429, "RESOURCE_EXHAUSTED", "GenerateRequestsPerMinutePerProjectPerModel", "",
     "You exceeded your current quota, please check your plan and billing details."},
    {Kind::quota, 429, "RESOURCE_EXHAUSTED", "GenerateRequestsPerDayPerProjectPerModel", "",
     "You exceeded your current quota, please check your plan and billing details."},
    {Kind::auth, 400, gemini_bad, "API_KEY_INVALID", "",
     "API key not valid. Please pass a valid API key."},
    {Kind::permission, 403, "PERMISSION_DENIED", "", "",
     "Permission denied on resource project simulator."},
    {Kind::model_gone, 404, "NOT_FOUND", "", "",
     "models/{model} is not found for API version v1beta, or is not supported for "
     "generateContent."},
    {Kind::context_length, 400, gemini_bad, "", "",
     "The input token count ({tokens}) exceeds the maximum number of tokens allowed ({limit})."},
    {Kind::content_filter, 0, "", "", "", ""},
    {Kind::bad_request, 400, gemini_bad, "", "",
     "Invalid value at 'contents': the simulated provider refuses this request."},
    {Kind::no_prefill, 400, gemini_bad, "", "",
     "Please ensure that multiturn requests end with a user role."},
};

// Of Bedrock the type is what a header names.
constexpr std::string_view bedrock_bad = "ValidationException";
constexpr Row bedrock_rows[]{
    {Kind::status_500, 500, "InternalServerException", "", "",
     "The system encountered an unexpected error during processing. Try your request again."},
    {Kind::status_503, 503, "ServiceUnavailableException", "", "",
     "Bedrock is unable to process your request."},
    {Kind::status_529, 503, "ServiceUnavailableException", "", "",
     "Too many connections, please wait before trying again."},
    {Kind::rate_limit, 429, "ThrottlingException", "", "",
     "Too many requests, please wait before trying again."},
    {Kind::quota, 429, "ThrottlingException", "", "",
     "Too many tokens per day, please wait before trying again."},
    {Kind::auth, 403, "UnrecognizedClientException", "", "",
     "The security token included in the request is invalid."},
    {Kind::permission, 403, "AccessDeniedException", "", "",
     "You don't have access to the model with the specified model ID."},
    {Kind::model_gone, 404, "ResourceNotFoundException", "", "",
     "This model version has reached the end of its life."},
    {Kind::context_length, 400, bedrock_bad, "", "",
     "The model returned the following errors: Input is too long for requested model."},
    {Kind::content_filter, 0, "", "", "", ""},
    {Kind::bad_request, 400, bedrock_bad, "", "",
     "The model returned the following errors: the simulated provider refuses this request."},
    {Kind::no_prefill, 400, bedrock_bad, "", "", no_prefill_message},
};

constexpr Row cohere_rows[]{
    {Kind::status_500, 500, "", "", "",
     "internal server error, this has been reported to our developers."},
    {Kind::rate_limit, 429, "", "", "",
     "You are past the per minute request limit, please wait and try again later."},
    {Kind::quota, 402, "", "", "",
     "Please add or update your payment method at https://dashboard.cohere.com/billing"},
    {Kind::auth, 401, "", "", "", "invalid api token"},
    {Kind::model_gone, 404, "", "", "",
     "model '{model}' not found, make sure the correct model ID was used and that you have access "
     "to the model."},
    {Kind::context_length, 400, "TOO_MANY_TOKENS", "", "",
     "too many tokens: total number of tokens in the prompt cannot exceed {limit} - received "
     "{tokens}. Try using a shorter prompt or a smaller max_tokens value."},
};

constexpr Row ollama_rows[]{
    {Kind::status_503, 503, "", "", "",
     "server busy, please try again.  maximum pending requests exceeded"},
    {Kind::auth, 401, "", "", "", "unauthorized"},
    {Kind::model_gone, 404, "", "", "", "model '{model}' not found"},
    {Kind::context_length, 400, "", "", "", "the input length exceeds the context length"},
};

std::span<const Row> rows_of(DialectId dialect) {
  switch (dialect) {
    case DialectId::anthropic: return anthropic_rows;
    case DialectId::gemini: return gemini_rows;
    case DialectId::bedrock: return bedrock_rows;
    case DialectId::cohere: return cohere_rows;
    case DialectId::ollama: return ollama_rows;
    default: return openai_rows;
  }
}

const Row* find_row(std::span<const Row> rows, Kind kind) {
  for (const Row& row : rows)
    if (row.kind == kind) return &row;
  return nullptr;
}

void field_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  text.empty() ? json.null() : json.value(text);
}

void write_openai(JsonWriter& json, const SimWords& words) {
  json.key("error").begin_object();
  json.field("message", words.message).field("type", words.type);
  field_or_null(json, "param", words.param);
  field_or_null(json, "code", words.code);
  json.end_object();
}

void write_anthropic(JsonWriter& json, const SimWords& words) {
  json.field("type", "error").key("error").begin_object();
  json.field("type", words.type).field("message", words.message).end_object();
  json.field("request_id", "req_sim");
}

// google.rpc.Status; what a machine should know is in the details.
void write_gemini(JsonWriter& json, const SimWords& words, DurationMs wait_ms) {
  json.key("error").begin_object().field("code", words.status).field("message", words.message);
  json.field("status", words.type).key("details").begin_array();
  if (words.status == 429) {
    json.begin_object().field("@type", "type.googleapis.com/google.rpc.QuotaFailure");
    json.key("violations").begin_array().begin_object().field("quotaId", words.code);
    json.end_object().end_array().end_object();
  } else if (!words.code.empty()) {
    json.begin_object().field("@type", "type.googleapis.com/google.rpc.ErrorInfo");
    json.field("reason", words.code).field("domain", "googleapis.com").end_object();
  }
  if (wait_ms >= 0) {
    json.begin_object().field("@type", "type.googleapis.com/google.rpc.RetryInfo");
    json.field("retryDelay", fmt::format("{}.{:03}s", wait_ms / 1'000, wait_ms % 1'000));
    json.end_object();
  }
  json.end_array().end_object();
}

// The wait in headers; Gemini has it in the body, and OpenAI says it in milliseconds, too.
void write_retry_after(DialectId dialect, DurationMs wait_ms, std::string& head_lines) {
  if (wait_ms < 0 || dialect == DialectId::gemini) return;
  if (dialect == DialectId::openai || dialect == DialectId::openai_responses)
    write_header(head_lines, "retry-after-ms", static_cast<std::uint64_t>(wait_ms));
  write_header(head_lines, "retry-after", static_cast<std::uint64_t>((wait_ms + 999) / 1'000));
}

}  // namespace

SimWords words_of(DialectId dialect, SimFaultKind kind, const SimPlight& plight) {
  const Row* row = find_row(rows_of(dialect), kind);
  if (row == nullptr) row = find_row(openai_rows, kind);
  if (row == nullptr) return {};
  return {row->status, std::string(row->type), std::string(row->code), std::string(row->param),
          fmt::format(fmt::runtime(row->message), fmt::arg("model", plight.model),
                      fmt::arg("tokens", plight.prompt_tokens),
                      fmt::arg("limit", plight.context_tokens_max),
                      fmt::arg("authorization", plight.authorization))};
}

std::string write_error(DialectId dialect, const SimWords& words, DurationMs retry_after_ms) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  switch (dialect) {
    case DialectId::anthropic: write_anthropic(json, words); break;
    case DialectId::gemini: write_gemini(json, words, retry_after_ms); break;
    case DialectId::bedrock: json.field("message", words.message); break;
    case DialectId::cohere:
      json.field("id", "sim").field("message", words.message);
      if (words.type == "TOO_MANY_TOKENS") json.field("error_type", words.type);
      break;
    case DialectId::ollama: json.field("error", words.message); break;
    case DialectId::voyage: json.field("detail", words.message); break;
    default: write_openai(json, words); break;
  }
  json.end_object();
  return out;
}

SimRefusal refusal_of(DialectId dialect, const SimWords& words, DurationMs retry_after_ms) {
  SimRefusal refusal{.status = words.status};
  if (words.status == 0) return refusal;
  write_retry_after(dialect, retry_after_ms, refusal.head_lines);
  if (dialect == DialectId::bedrock)
    write_header(refusal.head_lines, "x-amzn-errortype", words.type);
  refusal.body = write_error(dialect, words, retry_after_ms);
  return refusal;
}

SimRefusal refusal_of_request(DialectId dialect, std::string message, std::string_view param) {
  SimWords words = words_of(dialect, SimFaultKind::bad_request, {});
  words.message = std::move(message);
  words.param = param;
  return refusal_of(dialect, words);
}

}  // namespace wye
