// Provider simulator: what whoever runs the test asks and changes. See provider_sim.h.
#include <charconv>
#include <utility>

#include "lab/provider_sim.h"
#include "lab/sim_delivery.h"
#include "wire/json.h"

namespace wye {
namespace {

constexpr std::string_view admin_type = "invalid_request_error";

std::string admin_error(std::string message) {
  return write_error(DialectId::openai, {400, std::string(admin_type), {}, {}, std::move(message)},
                     -1);
}

// A new model is told as such: it may be a slip of whoever set it.
std::string change_json(const SimChange& change) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("ok", true).field("model", change.model);
  if (!change.made_from.empty()) json.field("made_from", change.made_from);
  json.end_object();
  return body;
}

}  // namespace

HttpRefusal ProviderSim::refuse(const Fault& fault) { return {{}, admin_error(fault.message)}; }

Result<SimChange> ProviderSim::change(std::string_view json) {
  auto changed = change_sim_models(json, config_.models);
  if (changed) arm_faults();
  return changed;
}

Async<void> ProviderSim::admin(HttpRequest& request, HttpResponder& responder) {
  int status = 200;
  std::string body = R"({"ok":true})";
  const std::string_view path = request.head.path();
  const std::string_view method = request.head.method;
  if (method == "POST" && path == "/sim/v1/faults") {
    const Result<SimChange> changed = change(request.body);
    status = changed ? 200 : 400;
    body = changed ? change_json(*changed) : admin_error(changed.error().message);
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

}  // namespace wye
