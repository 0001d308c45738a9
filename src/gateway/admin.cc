#include "gateway/admin.h"

#include <array>

#include "gateway/reply_head.h"

namespace wye {

Async<void> Admin::handle(HttpRequest& request, HttpResponder& responder) {
  const std::string_view path = request.head.path();
  if (path == "/livez" || path == "/readyz") {
    co_await gateway_.handle(request, responder);
    co_return;
  }
  int status = 200;
  std::string text;
  if (!request.stream.peer_is_loopback()) {
    const Fault refused = fault(FaultKind::forbidden, "the admin pages answer this machine only");
    status = client_status(refused);
    text = refuse_body(refused);
  } else if (request.head.method == "GET" && path == "/admin/v1/status") {
    text = status_json();
  } else {
    const Fault missing = fault(FaultKind::not_found,
                                "the admin listener has GET /admin/v1/status, /livez and /readyz");
    status = client_status(missing);
    text = refuse_body(missing);
  }
  std::string head;
  write_header(head, "content-type", "application/json");
  const std::array<std::string_view, 1> body{text};
  (void)co_await responder.respond(status, head, body);
}

std::string Admin::status_json() const {
  const ActivePolicy& policy = gateway_.policy();
  const Facts facts = gateway_.facts_now(policy);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("status", gateway_.draining() ? "draining" : books_.ready() ? "ready" : "not ready");
  json.field("policy", policy.rules->fingerprint).field("config", policy.rules->source_path);
  json.field("now", format_time_utc(facts.now));
  json.key("deployments").begin_array();
  for (std::size_t i = 0; i < facts.deployments.size(); ++i) {
    const DeploymentFacts& state = facts.deployments[i];
    const Deployment& deployment = policy.rules->deployments[i];
    json.begin_object();
    json.field("name", deployment.name).field("model", deployment.model);
    json.field("provider",
               policy.rules->providers[static_cast<std::size_t>(deployment.provider)].name);
    json.field("circuit", to_string(state.breaker))
        .field("in_flight", std::int64_t{state.in_flight});
    json.field("window_ok", std::int64_t{state.window_ok});
    json.field("window_bad", std::int64_t{state.window_bad});
    if (state.open_until > facts.now) json.field("open_until", format_time_utc(state.open_until));
    if (state.limited_until > facts.now) {
      json.field("limited_until", format_time_utc(state.limited_until));
    }
    if (state.out_until > facts.now) json.field("out_until", format_time_utc(state.out_until));
    if (state.ttft_us >= 0) json.field("ttft_ms", static_cast<double>(state.ttft_us) / 1000.0);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace wye
