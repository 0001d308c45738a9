#include "app/http_get.h"

#include <utility>

#include "io/http_client.h"
#include "io/loop.h"

namespace wye {
namespace {

// A loop's number has a meaning only for request ids, which nobody draws here.
constexpr unsigned loop_index = 0;

Async<Result<HttpPage>> get(World& world, HttpClient& client, const Peer& peer, std::string head,
                            MonoUs deadline) {
  std::unique_ptr<HttpCall> call =
      co_await co_await client.send(peer, head, {}, deadline, deadline);
  co_await co_await call->read_head(deadline);
  HttpPage page;
  page.status = call->head().status;
  while (world.mono_us() < deadline) {
    const std::string_view piece = co_await co_await call->read_body(deadline);
    if (piece.empty()) break;
    page.body.append(piece);
  }
  co_return page;
}

Async<void> get_and_stop(Loop& loop, HttpClient& client, Peer peer, std::string head,
                         MonoUs deadline, Result<HttpPage>& page) {
  page = co_await get(loop, client, peer, std::move(head), deadline);
  loop.stop();
}

}  // namespace

Result<HttpPage> http_get(const std::string& host, std::uint16_t port, const std::string& path,
                          DurationMs patience_ms) {
  Result<std::unique_ptr<Loop>> loop = make_loop(loop_index);
  if (!loop) return fail(std::move(loop.error()));
  const std::unique_ptr<HttpClient> client = make_http_client(**loop);
  std::string head;
  write_request_line(head, "GET", path);
  write_header(head, "host", host);
  write_header(head, "connection", "close");
  head += "\r\n";
  Peer peer;
  peer.host = host;
  peer.port = port;
  Result<HttpPage> page = fail(FaultKind::internal, "nothing was asked");
  start(get_and_stop(**loop, *client, peer, std::move(head),
                     (*loop)->mono_us() + patience_ms * 1000, page));
  (*loop)->run();
  return page;
}

}  // namespace wye
