// The client: a pool, and a StreamCall for each request. See the header.
#include "io/http_client.h"

#include <utility>

#include "io/http_call.h"
#include "io/http_pool.h"

namespace wye {
namespace {

class PooledClient final : public HttpClient {
 public:
  PooledClient(World& world, std::size_t idle_max, DurationMs idle_timeout_ms)
      : pool_(std::make_shared<HttpPool>(world, idle_max, idle_timeout_ms)) {}
  ~PooledClient() override { pool_->shut(); }

  Async<Result<std::unique_ptr<HttpCall>>> send(const Peer& peer, std::string_view head,
                                                std::span<const std::string_view> body,
                                                MonoUs connect_deadline,
                                                MonoUs send_deadline) override {
    auto call =
        std::make_unique<StreamCall>(pool_, peer, head, body, connect_deadline, send_deadline);
    co_await co_await call->send();
    co_return call;
  }

  HttpClientCounts counts() const override { return pool_->counts; }
  void close_idle() override { pool_->close_idle(); }

 private:
  std::shared_ptr<HttpPool> pool_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(World& world, std::size_t idle_max,
                                             DurationMs idle_timeout_ms) {
  return std::make_unique<PooledClient>(world, idle_max, idle_timeout_ms);
}

}  // namespace wye
