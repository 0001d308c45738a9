// Sim world: a World of the simulated universe: one host with its view of time, its dice and its
// connections. A client, a gateway and providers are each a SimWorld, and talk through the
// universe's network. TLS is taken for granted there: bytes pass as they are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "io/sim_universe.h"
#include "io/world.h"

namespace wye {

class SimWorld : public World {
 public:
  // `host` is what others connect to, and what they see of it.
  SimWorld(SimUniverse& universe, std::string host);
  ~SimWorld() override;

  TimeMs now_ms() override { return universe_.now_ms(); }
  MonoUs mono_us() override { return universe_.now(); }
  std::uint64_t dice() override { return dice_.next(); }
  Async<Result<std::unique_ptr<Stream>>> connect(const Peer& peer, MonoUs deadline) override;
  void post(std::function<void()> work) override;

  // On this world's host, or another name that leads to it.
  void listen(std::uint16_t port, SimAccept on_accept) {
    listen(host_, port, std::move(on_accept));
  }
  void listen(const std::string& host, std::uint16_t port, SimAccept on_accept);
  void stop_listening();

  SimUniverse& universe() { return universe_; }
  const std::string& host() const { return host_; }
  bool step() { return universe_.step(); }
  void run_for(DurationMs duration_ms) { universe_.run_for(duration_ms); }
  std::size_t run_until_idle() { return universe_.run_until_idle(); }

 protected:
  void resume_at(MonoUs until, std::coroutine_handle<> waiter) override;
  void forget_sleep(std::coroutine_handle<> waiter) override;

 private:
  SimUniverse& universe_;
  std::string host_;
  Dice dice_;
  std::vector<std::string> listening_;
  std::unordered_map<void*, SimEventKey> sleepers_;
};

}  // namespace wye
