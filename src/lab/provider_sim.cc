// Provider simulator: connections, paths and the log. See provider_sim.h; the other parts are
// provider_sim_*.cc.
#include "lab/provider_sim.h"

#include <fmt/format.h>

#include <utility>

#include "base/units.h"
#include "wire/http1.h"

namespace wye {
namespace {

constexpr std::size_t connections_max = 20'000;

}  // namespace

ProviderSim::ProviderSim(World& world, SimConfig config)
    : world_(world), config_(std::move(config)), dice_(mix64(config_.seed)), log_(config_.log_max) {
  arm_faults();
}

void ProviderSim::serve(std::unique_ptr<Stream> stream) {
  start(serve_connection(world_, std::move(stream), server_limits_, *this));
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
    if (!knows_credential(request)) {
      const SimWords words = words_of(visit.dialect(), SimFaultKind::auth, {});
      co_return co_await deliver_refusal(visit.delivery, refusal_of(visit.dialect(), words));
    }
    co_return co_await models(visit, path);
  }
  if (request.head.method != "POST" || !visit.route) {
    note(visit);
    SimRefusal refusal = refusal_of_request(
        visit.dialect(), fmt::format("Invalid URL ({} {})", request.head.method, path));
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
  if (Result<void> free = check_address_free(config.host, config.port); !free) {
    return fail(std::move(free.error()));
  }
  return loop.listen(
      config.host, config.port, connections_max,
      [&simulator](std::unique_ptr<Stream> stream) { simulator.serve(std::move(stream)); });
}

}  // namespace wye
