// Pages: the small answers that ask no provider: health, the model list, and what to do about a
// wrong address.
#include <array>
#include <string>

#include "gateway/gateway.h"
#include "gateway/keys.h"
#include "gateway/model_list.h"
#include "gateway/reply_head.h"

namespace wye {
namespace {

struct Page {
  int status = 200;
  std::string body;
};

constexpr std::string_view models_path = "/v1/models";

Page fault_page(Fault fault) {
  return {client_status(fault), dialect_of(DialectId::openai)->write_fault(fault, "")};
}

Page ready_page(const Gateway& gateway, const Books& books) {
  if (gateway.draining()) return {503, R"({"status":"draining"})"};
  if (books.ready()) return {200, R"({"status":"ready"})"};
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("status", "not ready")
      .field("reason", books.not_ready_reason())
      .end_object();
  return {503, std::move(body)};
}

Page models_page(const Rules& rules, const HttpRequest& request, TimeMs now) {
  if (const Result<int> key = find_key(rules, request, now); !key) return fault_page(key.error());
  std::string_view rest = request.head.path().substr(models_path.size());
  if (rest.empty() || rest == "/") return {200, model_list_json(rules)};
  rest.remove_prefix(1);
  std::string body = model_json(rules, rest);
  if (!body.empty()) return {200, std::move(body)};
  Fault missing =
      fault(FaultKind::not_found, "no task, route or deployment is called \"" + std::string(rest) +
                                      "\"; GET /v1/models lists them");
  missing.code = "model_not_found";
  return fault_page(std::move(missing));
}

Page unknown_page(const RequestHead& head) {
  const std::optional<InboundRoute> inbound = inbound_route(head.target);
  if (inbound && dialect_of(inbound->dialect) == nullptr) {
    return fault_page(fault(FaultKind::not_available,
                            std::string(head.path()) + " speaks the dialect " +
                                std::string(to_string(inbound->dialect)) +
                                ", which this version of wye does not have yet; use POST "
                                "/v1/chat/completions"));
  }
  if (inbound) {
    return fault_page(
        fault(FaultKind::method_not_allowed, "use POST for " + std::string(head.path())));
  }
  return fault_page(fault(FaultKind::not_found,
                          std::string(head.method) + " " + std::string(head.path()) +
                              " is not served here; there are POST /v1/chat/completions, POST "
                              "/v1/embeddings, GET /v1/models, GET /livez and GET /readyz"));
}

}  // namespace

Async<void> Gateway::answer_page(HttpRequest& request, HttpResponder& responder) {
  const std::string_view path = request.head.path();
  const bool reads = request.head.method == "GET" || request.head.method == "HEAD";
  Page page;
  if (reads && path == "/livez") {
    page = {200, R"({"status":"alive"})"};
  } else if (reads && path == "/readyz") {
    page = ready_page(*this, books_);
  } else if (reads && (path == models_path || path.starts_with("/v1/models/"))) {
    page = models_page(*policy_->rules, request, world_.now_ms());
  } else {
    page = unknown_page(request.head);
  }
  std::string head;
  write_header(head, "content-type", "application/json");
  if (page.status >= 400) write_header(head, "x-should-retry", "false");
  const std::array<std::string_view, 1> body{page.body};
  (void)co_await responder.respond(page.status, head, body);
}

}  // namespace wye
