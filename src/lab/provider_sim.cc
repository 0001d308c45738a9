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

SimRefusal bad_request(std::string_view message, std::string_view param = {}) {
  return {400, error_json(message, "invalid_request_error", param, "")};
}

void write_retry_after(std::int64_t wait_us, std::string& head_lines) {
  const std::int64_t ms = (wait_us + us_per_ms - 1) / us_per_ms;
  write_header(head_lines, "retry-after-ms", static_cast<std::uint64_t>(ms));
  write_header(head_lines, "retry-after",
               static_cast<std::uint64_t>((wait_us + us_per_second - 1) / us_per_second));
}

SimRefusal over_limit(const SimLimits::Verdict& verdict, std::string_view model,
                      std::int64_t tokens) {
  const std::string_view what = verdict.by_tokens ? "tokens" : "requests";
  const std::string message = verdict.too_large
                                  ? fmt::format(
                                        "Request too large for {}: Requested {}. The input or "
                                        "output tokens must be reduced in "
                                        "order to run successfully.",
                                        model, tokens)
                                  : fmt::format(
                                        "Rate limit reached for {} in organization org-sim on {} "
                                        "per min. Please try again in {}.",
                                        model, what, go_duration(verdict.wait_us));
  return {429, error_json(message, what, "", "rate_limit_exceeded")};
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

HttpRefusal ProviderSim::refuse(const Fault& fault) {
  return {{}, error_json(fault.message, "invalid_request_error", "", "")};
}

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
              .responder = responder,
              .delivery = {.world = world_, .responder = responder, .stream = request.stream},
              .number = 0,
              .started = world_.mono_us()};
  visit.delivery.seed = dice_.next();
  write_header(visit.delivery.head_lines, "x-request-id", random_id("req_"));
  write_header(visit.delivery.head_lines, "openai-version", "2020-10-01");

  const std::string_view path = request.head.path();
  const bool get = request.head.method == "GET";
  const bool is_chat = path.ends_with("/chat/completions");
  if (get && path.find("/models") != std::string_view::npos) {
    note(visit);
    co_await models(visit, path);
  } else if (request.head.method != "POST" || (!is_chat && !path.ends_with("/embeddings"))) {
    note(visit);
    const std::string message = fmt::format("Invalid URL ({} {})", request.head.method, path);
    co_await deliver_refusal(visit.delivery, 404,
                             error_json(message, "invalid_request_error", "", ""));
  } else {
    dom::Element body;
    SimModel* model = nullptr;
    const auto refused = admit(visit, body, model);
    note(visit);
    if (refused)
      co_await deliver_refusal(visit.delivery, refused->status, refused->body);
    else if (is_chat)
      co_await chat(visit, body, *model);
    else
      co_await embeddings(visit, body, *model);
  }
  if (SimLogEntry* entry = log_.find(visit.number)) {
    entry->status = visit.delivery.status;
    entry->outcome = visit.delivery.outcome;
    entry->output_tokens = visit.delivery.tokens_sent;
    entry->input_tokens = visit.input_tokens;
    entry->total_us = world_.mono_us() - visit.started;
    if (visit.delivery.fault) entry->fault = to_string(visit.delivery.fault->kind);
  }
}

std::optional<SimRefusal> ProviderSim::admit(Visit& visit, dom::Element& body, SimModel*& model) {
  const std::string_view credential = visit.request.head.headers.get("authorization");
  const bool known = credential.starts_with("Bearer ") && credential.substr(7) == config_.api_key;
  if (!config_.api_key.empty() && !known) return refusal_of(SimFaultKind::auth, "", 0, 0);
  const std::string& text = visit.request.body;
  if (parser_.parse(text).get(body) != simdjson::SUCCESS || !body.is_object())
    return bad_request("We could not parse the JSON body of your request.");
  const auto name = dom::text(body, "model");
  if (!name || name->empty()) return bad_request("you must provide a model parameter", "model");
  visit.model = *name;
  visit.stream = dom::flag(body, "stream").value_or(false);
  model = find_sim_model(config_.models, *name);
  if (model == nullptr) return refusal_of(SimFaultKind::model_gone, *name, 0, 0);
  visit.delivery.pace = pace_of(*model);
  return std::nullopt;
}

std::optional<SimFault> ProviderSim::strike(const HttpRequest& request, SimModel& model) {
  if (const std::string_view asked = request.head.headers.get("x-sim-fault"); !asked.empty())
    return parse_sim_fault(asked);
  for (SimFault& fault : model.faults) {
    if (fault.count == 0 || (fault.until_us >= 0 && world_.mono_us() >= fault.until_us)) continue;
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

std::optional<SimRefusal> ProviderSim::obstruct(Visit& visit, SimModel& model,
                                                std::int64_t tokens_asked_max) {
  std::string& head_lines = visit.delivery.head_lines;
  visit.delivery.fault = strike(visit.request, model);
  if (visit.delivery.fault) {
    const SimFault& fault = *visit.delivery.fault;
    SimRefusal refusal =
        refusal_of(fault.kind, visit.model, visit.input_tokens, model.context_tokens_max);
    const bool tells_when =
        fault.kind == SimFaultKind::rate_limit || fault.kind == SimFaultKind::status_503;
    if (tells_when && fault.retry_after_ms >= 0)
      write_retry_after(fault.retry_after_ms * us_per_ms, head_lines);
    if (refusal.status != 0) return refusal;
  }
  SimLimits& limits = limits_of(model);
  const SimLimits::Verdict verdict = limits.take(world_.mono_us(), tokens_asked_max);
  limits.write_headers(head_lines);
  if (!verdict.served) {
    if (!verdict.too_large) write_retry_after(verdict.wait_us, head_lines);
    return over_limit(verdict, visit.model, tokens_asked_max);
  }
  if (model.context_tokens_max > 0 && visit.input_tokens > model.context_tokens_max)
    return refusal_of(SimFaultKind::context_length, visit.model, visit.input_tokens,
                      model.context_tokens_max);
  return std::nullopt;
}

// `body` is read before the first wait: the next request parses into the same memory.
Async<void> ProviderSim::chat(Visit& visit, const dom::Element& body, SimModel& model) {
  auto made = answer_chat(body, model, config_.seed);
  if (!made)
    co_return co_await deliver_refusal(visit.delivery, made.error().status, made.error().body);
  made->id = random_id("chatcmpl-");
  made->created = world_.now_ms() / 1'000;
  visit.input_tokens = made->prompt_tokens;
  if (const auto refused = obstruct(visit, model, made->tokens_asked_max))
    co_return co_await deliver_refusal(visit.delivery, refused->status, refused->body);
  if (visit.delivery.fault && visit.delivery.fault->kind == SimFaultKind::empty) {
    for (SimChoice& choice : made->choices) choice = SimChoice{};
    made->completion_tokens = 0;
  }
  if (made->stream) co_return co_await deliver_stream(visit.delivery, *made);
  std::string answer;
  write_chat_answer(*made, answer);
  co_await deliver_whole(visit.delivery, answer, made->completion_tokens);
}

Async<void> ProviderSim::embeddings(Visit& visit, const dom::Element& body, SimModel& model) {
  auto made = answer_embeddings(body);
  if (!made)
    co_return co_await deliver_refusal(visit.delivery, made.error().status, made.error().body);
  visit.input_tokens = made->prompt_tokens;
  if (const auto refused = obstruct(visit, model, made->prompt_tokens))
    co_return co_await deliver_refusal(visit.delivery, refused->status, refused->body);
  co_await deliver_whole(visit.delivery, made->body, 0);
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
      const auto refusal = refusal_of(SimFaultKind::model_gone, name, 0, 0);
      co_return co_await deliver_refusal(visit.delivery, refusal.status, refusal.body);
    }
    write_model(json, name);
  } else {
    json.begin_object().field("object", "list").key("data").begin_array();
    for (const SimModel& model : config_.models)
      if (!model.name.ends_with('*')) write_model(json, model.name);
    json.end_array().end_object();
  }
  co_await deliver_whole(visit.delivery, out, 0);
}

Async<void> ProviderSim::admin(HttpRequest& request, HttpResponder& responder) {
  int status = 200;
  std::string body = R"({"ok":true})";
  const std::string_view path = request.head.path();
  const std::string_view method = request.head.method;
  if (method == "POST" && path == "/sim/v1/faults") {
    if (auto changed = change(request.body); !changed) {
      status = 400;
      body = error_json(changed.error().message, "invalid_request_error", "", "");
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
    body = error_json("The simulator has POST /sim/v1/faults, GET and DELETE /sim/v1/log.",
                      "invalid_request_error", "", "");
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
                    .model = visit.model,
                    .body_bytes = request.body.size(),
                    .stream = visit.stream};
  if (config_.log_bodies) entry.body = request.body;
  if (config_.log_max > 0)
    for (const Header& line : request.head.headers.all())
      entry.headers.emplace_back(to_lower(line.name), without_secret(line.name, line.value));
  visit.number = log_.add(std::move(entry));
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
