// HttpPool: the idle keep-alive connections of one HttpClient, by Peer; the one used last is taken
// first. Calls hold it by shared pointer, so that they may outlive their client. Belongs to one
// loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "io/async.h"
#include "io/http_client.h"
#include "io/stream.h"
#include "io/world.h"

namespace wye {

class HttpPool : public std::enable_shared_from_this<HttpPool> {
 public:
  HttpPool(World& world, std::size_t idle_max, DurationMs idle_timeout_ms)
      : world_(world), idle_max_(idle_max), idle_timeout_us_(idle_timeout_ms * 1000) {}

  // A connection that its peer has left alone, or null.
  std::unique_ptr<Stream> take(const Peer& peer);
  void give(const Peer& peer, std::unique_ptr<Stream> stream);
  void close_idle();
  // The client is gone: nothing is kept from now on.
  void shut();

  World& world() { return world_; }
  HttpClientCounts counts;

 private:
  struct PeerHash {
    std::size_t operator()(const Peer& peer) const;
  };
  struct Idle {
    std::unique_ptr<Stream> stream;
    MonoUs since = 0;
  };

  static Async<void> reap(std::shared_ptr<HttpPool> pool);
  void drop_stale();

  World& world_;
  const std::size_t idle_max_;
  const MonoUs idle_timeout_us_;
  bool shut_ = false;
  bool reaping_ = false;
  std::unordered_map<Peer, std::vector<Idle>, PeerHash> idle_;
};

}  // namespace wye
