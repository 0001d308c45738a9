#include "gateway/admin.h"

#include "gateway/browser_guard.h"
#include "gateway/page.h"

namespace wye {

namespace {

constexpr std::string_view status_path = "/admin/v1/status";

// The admin pages ask for no key.
Result<void> check_neighbour(const HttpRequest& request, const Rules& rules) {
  if (!request.stream.peer_is_loopback()) {
    return fail(FaultKind::forbidden, "the admin pages answer this machine only");
  }
  return refuse_foreign_pages(request.head.headers, rules.server.admin_listen.host);
}

}  // namespace

Async<void> Admin::handle(HttpRequest& request, HttpResponder& responder) {
  const std::string_view path = request.head.path();
  if (path == "/livez" || path == "/readyz") {
    co_await gateway_.handle(request, responder);
    co_return;
  }
  const Page page = answer(request);
  co_await send_page(page, responder);
}

Page Admin::answer(const HttpRequest& request) {
  const RequestHead& head = request.head;
  if (const Result<void> checked = check_neighbour(request, *gateway_.policy().rules); !checked) {
    return gateway_.refusal_page(checked.error(), head);
  }
  if (head.path() != status_path) {
    return gateway_.refusal_page(fault(FaultKind::not_found,
                                       "the admin listener has GET /admin/v1/status, /livez and "
                                       "/readyz"),
                                 head);
  }
  if (head.method != "GET" && head.method != "HEAD") {
    return gateway_.refusal_page(
        fault(FaultKind::method_not_allowed, "use GET or HEAD for " + std::string(status_path)),
        head, "GET, HEAD");
  }
  Page page;
  page.body = status_json();
  return page;
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
