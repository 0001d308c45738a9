// Provider simulator: paths, admission, faults and the log. See provider_sim.h.
#include "lab/provider_sim.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "lab/sim_embeddings.h"
#include "wire/http1.h"
#include "wire/json.h"

namespace wye {
namespace {

constexpr std::size_t connections_max = 20'000;
constexpr std::int64_t us_per_ms = 1'000;
constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::string_view json_type = "content-type: application/json\r\n";

constexpr std::string_view admin_type = "invalid_request_error";

// A request that the vendor does not take; `message` says why.
SimRefusal bad_request(DialectId dialect, std::string message, std::string_view param = {}) {
  SimWords words = words_of(dialect, SimFaultKind::bad_request, {});
  words.message = std::move(message);
  words.param = param;
  return refusal_of(dialect, words);
}

DurationMs to_ms(std::int64_t us) { return (us + us_per_ms - 1) / us_per_ms; }

SimRefusal over_limit(DialectId dialect, const SimLimits::Verdict& verdict, std::string_view model,
                      std::int64_t tokens) {
  SimWords words = words_of(dialect, SimFaultKind::rate_limit, {.model = model});
  if (verdict.by_tokens && words.type == "requests") words.type = "tokens";
  if (verdict.too_large) {
    words.message = fmt::format(
        "Request too large for {}: Requested {}. The input or output tokens must be reduced in "
        "order to run successfully.",
        model, tokens);
    return refusal_of(dialect, words);
  }
  if (dialect == DialectId::openai)
    words.message = fmt::format(
        "Rate limit reached for {} in organization org-sim on {} per min. Please try again in {}.",
        model, verdict.by_tokens ? "tokens" : "requests", go_duration(verdict.wait_us));
  return refusal_of(dialect, words, to_ms(verdict.wait_us));
}

std::string admin_error(std::string message) {
  return write_error(DialectId::openai, {400, std::string(admin_type), {}, {}, std::move(message)},
                     -1);
}

// The names of ids differ, and some clients look at them.
std::string_view id_prefix(DialectId dialect) {
  switch (dialect) {
    case DialectId::openai: return "chatcmpl-";
    case DialectId::openai_responses: return "resp_";
    case DialectId::anthropic: return "msg_";
    default: return "sim-";
  }
}

SimPace pace_of(const SimModel& model) {
  return {model.ttft_ms, model.tokens_per_second, model.jitter};
}

}  // namespace

ProviderSim::ProviderSim(World& world, SimConfig config)
    : world_(world), config_(std::move(config)), dice_(mix64(config_.seed)), log_(config_.log_max) {
  arm_faults();
}

void ProviderSim::serve(std::unique_ptr<Stream> stream) {
  start(serve_connection(world_, std::move(stream), server_limits_, *this));
}

HttpRefusal ProviderSim::refuse(const Fault& fault) { return {{}, admin_error(fault.message)}; }

Result<void> ProviderSim::change(std::string_view json) {
  auto changed = change_sim_models(json, config_.models);
  if (changed) arm_faults();
  return changed;
}

// Turns "for so long" into "until then", once, from when the fault is set.
void ProviderSim::arm_faults() {
  for (SimModel& model : config_.models)
    for (SimFault& fault : model.faults)
      if (fault.for_ms >= 0 && fault.until_us < 0)
        fault.until_us = world_.mono_us() + fault.for_ms * us_per_ms;
}

Async<void> ProviderSim::handle(HttpRequest& request, HttpResponder& responder) {
  if (request.head.path().starts_with("/sim/v1/")) co_return co_await admin(request, responder);
  co_return co_await answer(request, responder);
}

Async<void> ProviderSim::answer(HttpRequest& request, HttpResponder& responder) {
  Visit visit{.request = request,
              .delivery = {.world = world_, .responder = responder, .stream = request.stream},
              .started = world_.mono_us()};
  visit.delivery.seed = dice_.next();
  visit.target = plain_target(request.head.target);
  visit.route = sim_route(visit.target);
  std::string& head_lines = visit.delivery.head_lines;
  const bool anthropic = visit.dialect() == DialectId::anthropic;
  write_header(head_lines, anthropic ? "request-id" : "x-request-id", random_id("req_"));
  if (visit.dialect() == DialectId::openai)
    write_header(head_lines, "openai-version", "2020-10-01");
  co_await attend(visit);
  note_end(visit);
}

Async<void> ProviderSim::attend(Visit& visit) {
  const HttpRequest& request = visit.request;
  const std::string_view path = request.head.path();
  if (request.head.method == "GET" && path.find("/models") != std::string_view::npos) {
    note(visit);
    co_return co_await models(visit, path);
  }
  if (request.head.method != "POST" || !visit.route) {
    note(visit);
    SimRefusal refusal =
        bad_request(visit.dialect(), fmt::format("Invalid URL ({} {})", request.head.method, path));
    refusal.status = 404;
    co_return co_await deliver_refusal(visit.delivery, refusal);
  }
  const auto refused = admit(visit);
  note(visit);
  if (refused) co_return co_await deliver_refusal(visit.delivery, *refused);
  switch (visit.route->endpoint) {
    case Endpoint::chat: co_return co_await chat(visit);
    case Endpoint::count_tokens: co_return co_await count_tokens(visit);
    default: co_return co_await embeddings(visit);
  }
}

// Vendors differ in where they want the key; any of these will do.
bool ProviderSim::knows_credential(const HttpRequest& request) const {
  if (config_.api_key.empty()) return true;
  const Headers& headers = request.head.headers;
  const std::string_view bearer = headers.get("authorization");
  if (bearer.starts_with("Bearer ") && bearer.substr(7) == config_.api_key) return true;
  for (const std::string_view name : {"x-api-key", "x-goog-api-key", "api-key"})
    if (headers.get(name) == config_.api_key) return true;
  return request.head.query().find("key=" + config_.api_key) != std::string_view::npos;
}

std::optional<SimRefusal> ProviderSim::admit(Visit& visit) {
  const DialectId dialect = visit.dialect();
  if (!knows_credential(visit.request))
    return refusal_of(dialect, words_of(dialect, SimFaultKind::auth, {}));
  auto asked = read_sim_ask(json_, *visit.route, visit.request.body);
  if (!asked) return bad_request(dialect, asked.error().message, asked.error().param);
  visit.asked = std::move(*asked);
  visit.prompt = read_prompt(visit.asked.content);
  visit.input_tokens = visit.prompt.tokens;
  const std::string& name = visit.asked.ask.facts.model;
  visit.model = find_sim_model(config_.models, name);
  if (visit.model == nullptr)
    return refusal_of(dialect, words_of(dialect, SimFaultKind::model_gone, {.model = name}));
  visit.delivery.pace = pace_of(*visit.model);
  visit.delivery.fault = strike(visit);
  return std::nullopt;
}

std::optional<SimFault> ProviderSim::strike(const Visit& visit) {
  if (const std::string_view asked = visit.request.head.headers.get("x-sim-fault"); !asked.empty())
    return parse_sim_fault(asked);
  for (SimFault& fault : visit.model->faults) {
    if (fault.count == 0 || (fault.until_us >= 0 && world_.mono_us() >= fault.until_us)) continue;
    if (fault.kind == SimFaultKind::no_prefill && !visit.prompt.prefilled) continue;
    if (fault.rate < 1 && dice_.unit() >= fault.rate) continue;
    if (fault.count > 0) --fault.count;
    return fault;
  }
  return std::nullopt;
}

SimLimits& ProviderSim::limits_of(const SimModel& model) {
  SimLimits& limits = limits_[model.name];
  limits.requests.set_limit(model.requests_per_minute);
  limits.tokens.set_limit(model.tokens_per_minute);
  return limits;
}

std::optional<SimRefusal> ProviderSim::refusal_by_fault(Visit& visit) {
  if (!visit.delivery.fault) return std::nullopt;
  const SimFault& fault = *visit.delivery.fault;
  if (fault.kind == SimFaultKind::no_prefill && !visit.prompt.prefilled) return std::nullopt;
  const SimWords words = words_of(visit.dialect(), fault.kind,
                                  {.model = visit.asked.ask.facts.model,
                                   .prompt_tokens = visit.input_tokens,
                                   .context_tokens_max = visit.model->context_tokens_max});
  if (words.status == 0) return std::nullopt;
  const bool tells_when =
      fault.kind == SimFaultKind::rate_limit || fault.kind == SimFaultKind::status_503;
  return refusal_of(visit.dialect(), words, tells_when ? fault.retry_after_ms : -1);
}

std::optional<SimRefusal> ProviderSim::refusal_by_limits(Visit& visit,
                                                         std::int64_t tokens_asked_max) {
  SimLimits& limits = limits_of(*visit.model);
  const SimLimits::Verdict verdict = limits.take(world_.mono_us(), tokens_asked_max);
  limits.write_headers(visit.dialect(), world_.now_ms(), visit.delivery.head_lines);
  if (verdict.served) return std::nullopt;
  return over_limit(visit.dialect(), verdict, visit.asked.ask.facts.model, tokens_asked_max);
}

std::optional<SimRefusal> ProviderSim::obstruct(Visit& visit, std::int64_t tokens_asked_max) {
  if (auto refused = refusal_by_fault(visit)) return refused;
  if (auto refused = refusal_by_limits(visit, tokens_asked_max)) return refused;
  // Anthropic's own rule; whoever sends a half answer on must cut it there.
  if (visit.dialect() == DialectId::anthropic && visit.prompt.prefill.ends_with(' '))
    return bad_request(visit.dialect(),
                       "messages: final assistant content cannot end with trailing whitespace");
  const std::int64_t tokens_max = visit.model->context_tokens_max;
  if (tokens_max <= 0 || visit.input_tokens <= tokens_max) return std::nullopt;
  return refusal_of(visit.dialect(), words_of(visit.dialect(), SimFaultKind::context_length,
                                              {.model = visit.asked.ask.facts.model,
                                               .prompt_tokens = visit.input_tokens,
                                               .context_tokens_max = tokens_max}));
}

Async<void> ProviderSim::chat(Visit& visit) {
  const Content& content = visit.asked.content;
  const std::optional<SimFault>& fault = visit.delivery.fault;
  const bool call_a_tool = fault && fault->kind == SimFaultKind::cut_arguments;
  SimChat made = answer_chat(content, visit.prompt, *visit.model, config_.seed, call_a_tool);
  made.id = random_id(id_prefix(visit.dialect()));
  made.created = world_.now_ms() / 1'000;
  if (const auto refused = obstruct(visit, made.tokens_asked_max))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  if (fault) spoil(made, fault->kind, visit.dialect());
  const SimVoice voice(visit.dialect(), visit.asked.ask, made);
  if (visit.asked.ask.facts.stream) co_return co_await deliver_stream(visit.delivery, made, voice);
  const std::string body = voice.whole();
  co_await deliver_whole(visit.delivery, body, made.completion_tokens(), voice.error_body());
}

Async<void> ProviderSim::embeddings(Visit& visit) {
  visit.input_tokens = 0;
  const auto made = answer_embeddings(visit.asked.content, visit.input_tokens);
  if (!made)
    co_return co_await deliver_refusal(visit.delivery,
                                       bad_request(visit.dialect(), made.error().message));
  if (const auto refused = obstruct(visit, visit.input_tokens))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  const Dialect& dialect = *dialect_of(visit.dialect());
  const std::string body = dialect.write_answer(*made, visit.asked.ask);
  const SimWords trouble = words_of(visit.dialect(), SimFaultKind::status_500, {});
  co_await deliver_whole(visit.delivery, body, 0, write_error(visit.dialect(), trouble, -1));
}

Async<void> ProviderSim::count_tokens(Visit& visit) {
  if (const auto refused = obstruct(visit, 0))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  Answer counted;
  counted.origin = visit.dialect();
  counted.endpoint = Endpoint::count_tokens;
  counted.usage.input = visit.input_tokens;
  const std::string body = dialect_of(visit.dialect())->write_answer(counted, visit.asked.ask);
  co_await deliver_whole(visit.delivery, body, 0, body);
}

Async<void> ProviderSim::models(Visit& visit, std::string_view path) {
  const auto write_model = [](JsonWriter& json, std::string_view name) {
    json.begin_object().field("id", name).field("object", "model").field("created", 1'750'000'000);
    json.field("owned_by", "wye-sim").end_object();
  };
  std::string out;
  JsonWriter json(out);
  const auto one = path.rfind("/models/");
  if (one != std::string_view::npos) {
    const std::string_view name = path.substr(one + 8);
    if (find_sim_model(config_.models, name) == nullptr) {
      const SimWords words = words_of(DialectId::openai, SimFaultKind::model_gone, {.model = name});
      co_return co_await deliver_refusal(visit.delivery, refusal_of(DialectId::openai, words));
    }
    write_model(json, name);
  } else {
    json.begin_object().field("object", "list").key("data").begin_array();
    for (const SimModel& model : config_.models)
      if (!model.name.ends_with('*')) write_model(json, model.name);
    json.end_array().end_object();
  }
  co_await deliver_whole(visit.delivery, out, 0, out);
}

Async<void> ProviderSim::admin(HttpRequest& request, HttpResponder& responder) {
  int status = 200;
  std::string body = R"({"ok":true})";
  const std::string_view path = request.head.path();
  const std::string_view method = request.head.method;
  if (method == "POST" && path == "/sim/v1/faults") {
    if (auto changed = change(request.body); !changed) {
      status = 400;
      body = admin_error(changed.error().message);
    }
  } else if (method == "GET" && path == "/sim/v1/log") {
    std::uint64_t after = 0;
    const std::string_view query = request.head.query();
    if (query.starts_with("after="))
      std::from_chars(query.data() + 6, query.data() + query.size(), after);
    body = log_.json(after);
  } else if (method == "DELETE" && path == "/sim/v1/log") {
    log_.clear();
  } else {
    status = 404;
    body = admin_error("The simulator has POST /sim/v1/faults, GET and DELETE /sim/v1/log.");
  }
  const std::string_view pieces[] = {body};
  (void)co_await responder.respond(status, json_type, pieces);
}

// Writes down what arrived, before anything else happens to it.
void ProviderSim::note(Visit& visit) {
  const HttpRequest& request = visit.request;
  SimLogEntry entry{.at_ms = world_.now_ms(),
                    .method = std::string(request.head.method),
                    .path = std::string(request.head.target),
                    .dialect = visit.route ? to_string(visit.route->dialect) : "",
                    .model = visit.asked.ask.facts.model,
                    .headers = {},
                    .body_bytes = request.body.size(),
                    .body = config_.log_bodies ? request.body : std::string(),
                    .stream = visit.asked.ask.facts.stream,
                    .prefilled = visit.prompt.prefilled,
                    .prefill = visit.prompt.prefill};
  if (config_.log_max > 0)
    for (const Header& line : request.head.headers.all())
      entry.headers.emplace_back(to_lower(line.name), without_secret(line.name, line.value));
  visit.number = log_.add(std::move(entry));
}

// What became of it.
void ProviderSim::note_end(const Visit& visit) {
  SimLogEntry* entry = log_.find(visit.number);
  if (entry == nullptr) return;
  const SimDelivery& delivery = visit.delivery;
  entry->status = delivery.status;
  entry->outcome = delivery.outcome;
  entry->client_closed = delivery.client_closed || delivery.outcome == "client_gone";
  entry->output_tokens = delivery.tokens_sent;
  entry->input_tokens = visit.input_tokens;
  entry->total_us = world_.mono_us() - visit.started;
  if (delivery.fault) entry->fault = to_string(delivery.fault->kind);
}

std::string ProviderSim::random_id(std::string_view prefix) {
  const std::uint64_t high = dice_.next();
  const std::uint64_t low = dice_.next();
  return fmt::format("{}{:016x}{:012x}", prefix, high, low >> 16);
}

Result<std::uint16_t> listen_provider_sim(Loop& loop, ProviderSim& simulator,
                                          const SimConfig& config) {
  return loop.listen(
      config.host, config.port, connections_max,
      [&simulator](std::unique_ptr<Stream> stream) { simulator.serve(std::move(stream)); });
}

}  // namespace wye
