// Pages: the small answers that ask no provider: health, the model list, and what to do about a
// wrong address.
#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.h"
#include "gateway/gateway.h"
#include "gateway/keys.h"
#include "gateway/metrics_page.h"
#include "gateway/model_list.h"
#include "gateway/page.h"
#include "gateway/request_head.h"

namespace wye {
namespace {

constexpr std::string_view models_path = "/v1/models";
constexpr std::string_view gemini_models_path = "/v1beta/models";
constexpr std::string_view reading = "GET, HEAD";

// What follows the list's own path: "", or "/" and a name; nothing for other paths.
std::optional<std::string_view> after_models_path(std::string_view path) {
  for (const std::string_view list : {models_path, gemini_models_path}) {
    if (!path.starts_with(list)) continue;
    const std::string_view rest = path.substr(list.size());
    if (rest.empty() || rest.front() == '/') return rest;
  }
  return std::nullopt;
}

bool is_models_path(std::string_view path) { return after_models_path(path).has_value(); }

// Whose list the client expects; all ask at nearly the same address.
DialectId models_client(const RequestHead& head) {
  if (!head.headers.get("anthropic-version").empty()) return DialectId::anthropic;
  const bool google =
      head.path().starts_with(gemini_models_path) || !head.headers.get("x-goog-api-key").empty();
  return google ? DialectId::gemini : DialectId::openai;
}

void tell_readiness(const Gateway& gateway, const Books& books, Page& page) {
  const bool ready = books.ready() && !gateway.draining();
  page.status = ready ? 200 : 503;
  JsonWriter json(page.body);
  json.begin_object();
  json.field("status", ready ? "ready" : gateway.draining() ? "draining" : "not ready");
  if (!ready && !gateway.draining()) json.field("reason", books.not_ready_reason());
  json.end_object();
}

Result<std::string> models_body(const Rules& rules, KeyMemo& memo, const HttpRequest& request,
                                TimeMs now) {
  const Result<int> key = find_key(rules, memo, request, now);
  if (!key) return fail(key.error());
  const DialectId client = models_client(request.head);
  std::string_view rest = after_models_path(request.head.path()).value_or("");
  if (rest.empty() || rest == "/") return model_list_json(rules, *key, client);
  rest.remove_prefix(1);
  // Some clients escape the slash of "task/NAME".
  const std::string name = percent_decode(rest).value_or(std::string(rest));
  std::string body = model_json(rules, *key, name, client);
  if (!body.empty()) return body;
  Fault missing = fault(FaultKind::not_found, "no task, route or deployment is called \"" + name +
                                                  "\"; GET /v1/models lists them");
  missing.code = "model_not_found";
  return fail(std::move(missing));
}

// What the path may be asked with, "" when it is not served at all.
std::string_view allowed_methods(const RequestHead& head) {
  if (inbound_route(head.target)) return "POST";
  const std::string_view path = head.path();
  return path == "/" || path == "/livez" || path == "/readyz" || path == MetricsPage::path ||
                 is_models_path(path)
             ? reading
             : std::string_view{};
}

// Where others look for what /livez and /readyz say.
bool is_health_path(std::string_view path) {
  return path.starts_with("/health") || path == "/ping" || path == "/ready";
}

Fault unknown_page(const RequestHead& head) {
  const std::string path(head.path());
  const std::optional<InboundRoute> inbound = inbound_route(head.target);
  if (inbound && dialect_of(inbound->dialect) == nullptr) {
    return fault(FaultKind::not_available,
                 path + " speaks the dialect " + std::string(to_string(inbound->dialect)) +
                     ", which this version of wye does not have yet; use POST "
                     "/v1/chat/completions");
  }
  if (const std::string_view allowed = allowed_methods(head); !allowed.empty()) {
    return fault(FaultKind::method_not_allowed, "use " + std::string(allowed) + " for " + path);
  }
  // Where /v1 belongs to the base address or not is what people mix up.
  const std::string_view near = nearest(path, inbound_paths());
  const std::string hint = is_health_path(path) ? "; ask /livez or /readyz."
                           : near.empty()       ? "."
                                                : fmt::format("; did you mean {}?", near);
  std::string missing = fmt::format(
      "{} {} is not served here{} There are POST {} and GET {}, /livez, /readyz and {}.",
      head.method, path, hint, fmt::join(inbound_paths(), ", "), models_path, MetricsPage::path);
  return fault(FaultKind::not_found, std::move(missing));
}

}  // namespace

Page Gateway::refusal_page(const Fault& fault, const RequestHead& head, std::string_view allowed) {
  Page page = fault_page(fault, ids_.next(world_.now_ms()), client_request_id(head.headers));
  if (fault.kind == FaultKind::method_not_allowed) {
    write_header(page.head_lines, "allow", allowed);
  }
  return page;
}

HttpRefusal Gateway::refuse(const Fault& fault) {
  Page page = fault_page(fault, ids_.next(world_.now_ms()), {});
  return {std::move(page.head_lines), std::move(page.body)};
}

Async<void> Gateway::answer_page(HttpRequest& request, HttpResponder& responder) {
  const RequestHead& head = request.head;
  const std::string_view path = head.path();
  const bool reads = head.method == "GET" || head.method == "HEAD";
  Page page;
  write_id_lines(format_request_id(ids_.next(world_.now_ms())), client_request_id(head.headers),
                 page.head_lines);
  if (reads && path == "/") {
    // Some clients look whether anybody is there before they ask.
    page.body = R"({"name":"wye"})";
  } else if (reads && path == "/livez") {
    page.body = R"({"status":"alive"})";
  } else if (reads && path == "/readyz") {
    tell_readiness(*this, books_, page);
  } else if (reads && path == MetricsPage::path && metrics_page_ != nullptr) {
    page = co_await metrics_page_->read(*this, request, policy_->rules->server.listen.host);
  } else if (reads && is_models_path(path)) {
    Result<std::string> body = models_body(*policy_->rules, key_memo_, request, world_.now_ms());
    if (body) {
      page.body = std::move(*body);
    } else {
      page = refusal_page(body.error(), head);
    }
  } else {
    page = refusal_page(unknown_page(head), head, allowed_methods(head));
  }
  co_await send_page(page, responder);
}

}  // namespace wye
