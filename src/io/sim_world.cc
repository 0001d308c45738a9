// Sim world: connecting, sleeping, listening. See sim_world.h.
#include "io/sim_world.h"

#include <fmt/format.h>

#include <algorithm>

namespace wye {
namespace {

constexpr std::int64_t connect_us_max =
    120'000'000;  // when there is no deadline, as the kernel does

}  // namespace

// Hosts draw from dice of their own, so that a new host changes no other's numbers.
SimWorld::SimWorld(SimUniverse& universe, std::string host)
    : universe_(universe), host_(std::move(host)), dice_(hash64(host_, universe.dice().next())) {}

SimWorld::~SimWorld() {
  stop_listening();
  for (const auto& [waiter, event] : sleepers_) universe_.cancel(event);
}

void SimWorld::listen(const std::string& host, std::uint16_t port, SimAccept on_accept) {
  listening_.push_back(host);
  universe_.listen(host, port, std::move(on_accept));
}

void SimWorld::stop_listening() {
  for (const std::string& host : listening_) universe_.stop_listening(host);
  listening_.clear();
}

Async<Result<std::unique_ptr<Stream>>> SimWorld::connect(const Peer& peer, MonoUs deadline) {
  const std::string where = fmt::format("{}:{}", peer.host, peer.port);
  const SimNetwork network = universe_.network(peer.host);
  if (network.unresolvable)
    co_return fail(FaultKind::outage, fmt::format("DNS lookup of {}: host not found", peer.host));
  // There and back; TLS goes there and back once more.
  MonoUs ready = universe_.now();
  for (int i = 0; i < (peer.tls ? 4 : 2); ++i) ready += universe_.draw_latency_us(network);
  if (network.silent) ready = universe_.now() + connect_us_max;
  co_await sleep_until(std::min(ready, deadline));
  if (network.silent || deadline < ready)
    co_return fail(FaultKind::timeout, fmt::format("connect to {}: timed out", where));
  const SimAccept* accept = universe_.listener(peer.host, peer.port);
  if (accept == nullptr || universe_.network(peer.host).refuse)
    co_return fail(FaultKind::outage, fmt::format("connect to {}: connection refused", where));
  auto [client, server] = universe_.make_connection(host_, peer.host, peer.port);
  // In an event of its own: the one who accepts runs on another host.
  auto held = std::make_shared<std::unique_ptr<Stream>>(std::move(server));
  universe_.at(universe_.now(), [on_accept = *accept, held] { on_accept(std::move(*held)); });
  co_return std::move(client);
}

void SimWorld::post(std::function<void()> work) { universe_.at(universe_.now(), std::move(work)); }

void SimWorld::resume_at(MonoUs until, std::coroutine_handle<> waiter) {
  sleepers_[waiter.address()] = universe_.at(until, [this, waiter] {
    sleepers_.erase(waiter.address());
    waiter.resume();
  });
}

void SimWorld::forget_sleep(std::coroutine_handle<> waiter) {
  const auto at = sleepers_.find(waiter.address());
  if (at == sleepers_.end()) return;
  universe_.cancel(at->second);
  sleepers_.erase(at);
}

}  // namespace wye
