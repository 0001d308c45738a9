#include "app/http_get.h"

#include <utility>

#include "app/http_talk.h"
#include "io/http_client.h"
#include "io/loop.h"

namespace wye {
namespace {

Async<void> get_and_stop(Loop& loop, HttpClient& client, Peer peer, HttpWords words,
                         MonoUs deadline, Result<HttpPage>& page) {
  page = co_await http_talk(loop, client, peer, std::move(words), deadline);
  loop.stop();
}

}  // namespace

Result<HttpPage> http_get(const std::string& host, std::uint16_t port, const std::string& path,
                          DurationMs patience_ms) {
  Result<std::unique_ptr<Loop>> loop = make_loop();
  if (!loop) return fail(std::move(loop.error()));
  const std::unique_ptr<HttpClient> client = make_http_client(**loop);
  Peer peer;
  peer.host = host;
  peer.port = port;
  HttpWords words;
  words.path = path;
  Result<HttpPage> page = fail(FaultKind::internal, "nothing was asked");
  start(get_and_stop(**loop, *client, peer, std::move(words),
                     (*loop)->mono_us() + patience_ms * 1000, page));
  (*loop)->run();
  return page;
}

}  // namespace wye
