#include "gateway/admin.h"

#include "base/text.h"
#include "gateway/deployment_status.h"
#include "gateway/local_only.h"
#include "gateway/page.h"
#include "wire/http1.h"

namespace wye {
namespace {

constexpr std::string_view status_path = "/admin/v1/status";
constexpr std::string_view deployments_path = "/admin/v1/deployments/";
constexpr std::string_view openapi_path = "/admin/v1/openapi.json";

bool is_page(std::string_view path) {
  return path == status_path || path == openapi_path || path == MetricsPage::path ||
         path.starts_with(deployments_path) || DrillPages::has(path);
}

bool permits(std::string_view methods, std::string_view method) {
  for (const std::string_view one : split(methods, ',')) {
    if (trim(one) == method) return true;
  }
  return false;
}

std::string_view methods_of(std::string_view path) {
  return DrillPages::has(path) ? DrillPages::methods(path) : "GET, HEAD";
}

Result<void> check_page(const RequestHead& head) {
  if (!is_page(head.path())) {
    return fail(FaultKind::not_found,
                "the admin listener has GET /admin/v1/status, /admin/v1/deployments/NAME, "
                "/admin/v1/drills, /admin/v1/openapi.json, /metrics, /livez and /readyz");
  }
  const std::string_view methods = methods_of(head.path());
  if (!permits(methods, head.method)) {
    return fail(FaultKind::method_not_allowed,
                "use " + std::string(methods) + " for " + std::string(head.path()));
  }
  return {};
}

void write_store(JsonWriter& json, const Books::Waiting& waiting) {
  json.key("store").begin_object();
  json.field("queued_rows", std::uint64_t{waiting.queued_rows});
  json.field("late_rows", std::uint64_t{waiting.late_rows});
  json.field("lost_rows", waiting.lost_rows);
  json.end_object();
}

void write_loops(JsonWriter& json, const LoopReport& report) {
  json.field("requests_in_flight", report.requests_in_flight);
  json.field("client_connections", std::uint64_t{report.connections_open});
  json.field("retries_left", report.retries_left).field("hedges_left", report.hedges_left);
}

}  // namespace

Async<void> Admin::handle(HttpRequest& request, HttpResponder& responder) {
  const std::string_view path = request.head.path();
  if (path == "/livez" || path == "/readyz") {
    co_await gateway_.handle(request, responder);
    co_return;
  }
  const Page page = co_await answer(request);
  co_await send_page(page, responder);
}

Async<Page> Admin::answer(const HttpRequest& request) {
  const RequestHead& head = request.head;
  const std::string host = gateway_.policy().rules->server.admin_listen.host;
  if (const auto checked = refuse_strangers(request, host, "the admin pages"); !checked) {
    co_return gateway_.refusal_page(checked.error(), head);
  }
  if (const Result<void> checked = check_page(head); !checked) {
    co_return gateway_.refusal_page(checked.error(), head, methods_of(head.path()));
  }
  const std::string_view path = head.path();
  if (path == MetricsPage::path) co_return co_await metrics_.read(gateway_, request, host);
  if (path == status_path) co_return co_await status_page();
  if (path == openapi_path) {
    Page document;
    document.body = admin_openapi;
    co_return document;
  }
  Result<Page> page = DrillPages::has(path) ? drills_.answer(request)
                                            : deployment_page(path.substr(deployments_path.size()));
  if (!page) co_return gateway_.refusal_page(page.error(), head);
  co_return std::move(*page);
}

Async<Page> Admin::status_page() {
  const LoopReport report = co_await reports_.collect(gateway_.world());
  const ActivePolicy& policy = gateway_.policy();
  const Facts facts = gateway_.facts_now(policy);
  const bool ready = books_.ready();
  Page page;
  JsonWriter json(page.body);
  json.begin_object();
  json.field("status", gateway_.draining() ? "draining" : ready ? "ready" : "not ready");
  if (!ready) json.field("reason", books_.not_ready_reason());
  json.field("version", version_).field("policy", policy.rules->fingerprint);
  json.field("config", policy.rules->source_path);
  if (config_rejected_since_ != 0) {
    json.field("config_rejected_since", format_time_utc(config_rejected_since_));
  }
  json.field("now", format_time_utc(facts.now));
  write_loops(json, report);
  write_store(json, books_.waiting());
  drills_.write_running(json);
  json.key("deployments").begin_array();
  for (std::size_t i = 0; i < facts.deployments.size(); ++i) {
    write_deployment_status(json, policy, i, facts.deployments[i], facts.now);
  }
  json.end_array().end_object();
  co_return page;
}

Result<Page> Admin::deployment_page(std::string_view name) {
  const ActivePolicy& policy = gateway_.policy();
  const std::string wanted = percent_decode(name).value_or(std::string(name));
  const int found = find_index(policy.rules->deployment_by_name, wanted);
  if (found < 0) {
    return fail(FaultKind::not_found,
                "no deployment is called \"" + wanted + "\"; GET /admin/v1/status lists them");
  }
  const auto index = static_cast<std::size_t>(found);
  const Facts facts = gateway_.facts_now(policy);
  Page page;
  JsonWriter json(page.body);
  write_deployment_status(json, policy, index, facts.deployments[index], facts.now);
  return page;
}

}  // namespace wye
