// Client. See client.h.
#include "sim/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "wire/http1.h"
#include "wire/json.h"

namespace wye::sim {
namespace {

constexpr MonoUs patience_us = 300'000'000;
constexpr std::string_view trace_prefix = "00-ask-";

std::string head_of(const AskPlan& ask, std::size_t body_bytes) {
  std::string head;
  write_request_line(head, "POST", "/v1/chat/completions");
  write_header(head, "host", "gateway");
  write_header(head, "authorization",
               ask.wrong_key ? "Bearer nobody" : fmt::format("Bearer {}", client_key));
  write_header(head, "content-type", "application/json");
  write_header(head, "x-request-id", client_id_of(ask.number));
  write_header(head, "traceparent", trace_of(ask.number));
  if (ask.no_fallback) write_header(head, "x-wye-no-fallback", "1");
  if (ask.timeout_ms > 0)
    write_header(head, "x-wye-timeout-ms", static_cast<std::uint64_t>(ask.timeout_ms));
  write_header(head, "content-length", static_cast<std::uint64_t>(body_bytes));
  return head + "\r\n";
}

// Reads the answer as long as the client wants it.
Async<Result<void>> read_answer(SimWorld& world, HttpCall& call, const AskPlan& ask, MonoUs until,
                                Received& received) {
  co_await co_await call.read_head(until);
  received.status = call.head().status;
  received.headers.reserve(call.head().headers.all().size());
  for (const Header& line : call.head().headers.all()) {
    received.headers.emplace_back(line.name, line.value);
  }
  while (true) {
    if (ask.read_pause_us > 0) {
      co_await world.sleep_until(std::min(until, world.mono_us() + ask.read_pause_us));
    }
    const std::string_view piece = co_await co_await call.read_body(until);
    if (piece.empty()) break;
    received.body.append(piece);
  }
  received.clean_end = true;
  co_return Result<void>{};
}

Async<Result<void>> ask_and_read(SimWorld& world, HttpClient& client, const Peer& peer,
                                 const AskPlan& ask, MonoUs until, Received& received) {
  const std::string body = body_of(ask);
  const std::string head = head_of(ask, body.size());
  const std::vector<std::string_view> pieces{body};
  std::unique_ptr<HttpCall> call = co_await co_await client.send(peer, head, pieces, until, until);
  co_return co_await read_answer(world, *call, ask, until, received);
}

}  // namespace

std::string_view Received::header(std::string_view name) const {
  for (const auto& [own, value] : headers) {
    if (equal_ignoring_case(own, name)) return value;
  }
  return {};
}

std::string client_id_of(int number) { return fmt::format("ask-{}", number); }
std::string trace_of(int number) { return fmt::format("{}{}", trace_prefix, number); }

int number_of(std::string_view header) {
  const std::size_t dash = header.rfind("ask-");
  if (dash == std::string_view::npos) return -1;
  header.remove_prefix(dash + 4);
  int number = -1;
  std::from_chars(header.data(), header.data() + header.size(), number);
  return number;
}

std::string body_of(const AskPlan& ask) {
  if (ask.broken_body) return R"({"model":"task/t0","messages":[)";
  std::string body = R"({"model":)";
  append_json_string(body, ask.model);
  body += R"(,"messages":[{"role":"user","content":)";
  append_json_string(body, ask.content);
  body += "}]";
  if (ask.tokens_max > 0) body += fmt::format(R"(,"max_tokens":{})", ask.tokens_max);
  if (ask.stream) body += R"(,"stream":true)";
  if (ask.wants_usage) body += R"(,"stream_options":{"include_usage":true})";
  return body + "}";
}

Async<void> send_ask(SimWorld& world, HttpClient& client, std::string host, const AskPlan& ask,
                     Received& received) {
  received.began_us = world.mono_us();
  const MonoUs until =
      received.began_us + (ask.leaves_after_us > 0 ? ask.leaves_after_us : patience_us);
  const Peer peer{std::move(host), gateway_port, false, ""};
  const Result<void> read = co_await ask_and_read(world, client, peer, ask, until, received);
  if (!read) received.trouble = read.error().message;
  received.ended_us = world.mono_us();
  received.left = !received.clean_end && received.ended_us >= until;
  received.finished = true;
}

}  // namespace wye::sim
