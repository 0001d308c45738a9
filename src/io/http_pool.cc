// Taking, giving and reaping of idle connections. See the header.
#include "io/http_pool.h"

#include <utility>

#include "base/hash.h"

namespace wye {

std::size_t HttpPool::PeerHash::operator()(const Peer& peer) const {
  return static_cast<std::size_t>(
      hash64(peer.host, peer.port * 2u + (peer.tls ? 1u : 0u) + (peer.ca_file.size() << 20)));
}

std::unique_ptr<Stream> HttpPool::take(const Peer& peer) {
  const auto at = idle_.find(peer);
  if (at == idle_.end()) return nullptr;
  const MonoUs oldest = world_.mono_us() - idle_timeout_us_;
  while (!at->second.empty()) {
    Idle idle = std::move(at->second.back());
    at->second.pop_back();
    --counts.idle;
    // Readable while idle means that the peer closed it, or that it said something nobody asked
    // for, which must never be taken for the answer to the next request.
    if (idle.since >= oldest && !idle.stream->idle_is_broken()) return std::move(idle.stream);
  }
  return nullptr;
}

void HttpPool::give(const Peer& peer, std::unique_ptr<Stream> stream) {
  if (shut_) return;
  auto& idle = idle_[peer];
  if (idle.size() >= idle_max_) return;
  stream->set_deadline(no_deadline);
  idle.push_back({std::move(stream), world_.mono_us()});
  ++counts.idle;
  if (!std::exchange(reaping_, true)) start(reap(shared_from_this()));
}

void HttpPool::close_idle() {
  // Closing a stream may run code that comes back here.
  const auto closing = std::exchange(idle_, {});
  counts.idle = 0;
}

void HttpPool::shut() {
  shut_ = true;
  close_idle();
}

// Runs only while there is something to reap, so that an idle program sleeps.
Async<void> HttpPool::reap(std::shared_ptr<HttpPool> pool) {
  while (pool->counts.idle > 0) {
    co_await pool->world_.sleep_until(pool->world_.mono_us() + pool->idle_timeout_us_);
    pool->drop_stale();
  }
  pool->reaping_ = false;
}

void HttpPool::drop_stale() {
  const MonoUs oldest = world_.mono_us() - idle_timeout_us_;
  for (auto& [peer, streams] : idle_) {
    const std::size_t before = streams.size();
    std::erase_if(streams, [&](const Idle& idle) {
      return idle.since <= oldest || idle.stream->idle_is_broken();
    });
    counts.idle -= before - streams.size();
  }
}

}  // namespace wye
