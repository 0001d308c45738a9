#include "app/http_talk.h"

#include <vector>

namespace wye {

Async<Result<HttpPage>> http_talk(World& world, HttpClient& client, const Peer& peer,
                                  HttpWords words, MonoUs deadline) {
  std::string head;
  write_request_line(head, words.method, words.path);
  write_header(head, "host", peer.host);
  write_header(head, "connection", "close");
  if (!words.body.empty()) {
    write_header(head, "content-type", "application/json");
    write_header(head, "content-length", static_cast<std::uint64_t>(words.body.size()));
  }
  head += words.head_lines;
  head += "\r\n";
  std::vector<std::string_view> pieces;
  if (!words.body.empty()) pieces.emplace_back(words.body);
  std::unique_ptr<HttpCall> call =
      co_await co_await client.send(peer, head, pieces, deadline, deadline);
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

}  // namespace wye
