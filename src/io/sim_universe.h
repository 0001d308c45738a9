// Sim universe: virtual time, the queue of things to come, and the network between simulated
// worlds. Everything that happens is decided by one seed: the same program with the same seed runs
// the same, byte for byte and microsecond for microsecond.
//
// One thread, no real clock, no sockets. Tests and the lab own it; it outlives its worlds and
// streams.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "base/units.h"
#include "io/sim_agenda.h"
#include "io/stream.h"

namespace wye {

// How the network to one listening host behaves. Changes apply to connections made later, except
// `silent`, which is looked at whenever bytes arrive.
struct SimNetwork {
  std::int64_t latency_us_min = 100;  // one way, drawn for each write
  std::int64_t latency_us_max = 400;
  std::size_t buffer_bytes = 64 << 10;  // written and not yet read, each direction
  bool split = true;                    // writes and reads come in random portions
  bool unresolvable = false;            // the name is unknown
  bool refuse = false;                  // connection refused
  bool silent = false;    // bytes and connects vanish; what was open stays dead afterwards
  double reset_rate = 0;  // share of connections that are reset after some bytes
  std::size_t reset_after_bytes_max = 4'096;
};

// What the clocks show when nobody sets them: 2026-01-01T00:00:00Z.
inline constexpr TimeMs sim_epoch_ms = 1'767'225'600'000;

class SimUniverse;
class SimStream;
struct SimLink;

using SimAccept = std::function<void(std::unique_ptr<Stream>)>;

class SimUniverse {
 public:
  explicit SimUniverse(std::uint64_t seed);
  ~SimUniverse();
  SimUniverse(const SimUniverse&) = delete;
  SimUniverse& operator=(const SimUniverse&) = delete;

  // Time.
  MonoUs now() const { return now_us_; }
  TimeMs now_ms() const;
  // What the clocks on the wall show now, in ms since 1970; before anything has happened.
  void set_clock(TimeMs now) { epoch_ms_ = now; }
  SimEventKey at(MonoUs when, std::function<void()> what);
  void cancel(const SimEventKey& key) { agenda_.cancel(key); }
  // Runs the next event and moves the clock to it; false when there is none.
  bool step();
  // Runs until nothing is to come, `events_max` events at most; gives how many were run.
  std::size_t run_until_idle(std::size_t events_max = 10'000'000);
  // Runs what is due within this time and moves the clock to its end.
  void run_for(DurationMs duration_ms);
  // Runs until `done` says so; false when nothing is left to happen before.
  bool run_until(const std::function<bool()>& done);

  // Network.
  SimNetwork& network(std::string_view host);  // of one host, to be changed; made from `usual`
  SimNetwork usual;
  void listen(const std::string& host, std::uint16_t port, SimAccept on_accept);
  void stop_listening(std::string_view host);
  const SimAccept* listener(std::string_view host, std::uint16_t port) const;
  // Resets every open connection to the host, as when its machine restarts.
  void reset_connections(std::string_view host);
  // The end of a story: nobody listens, every connection is reset, and what was waiting for it
  // ends.
  void wind_down();
  // Two ends of one connection: the one that connects, the one that is accepted.
  std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_connection(
      const std::string& from, const std::string& to, std::uint16_t port);
  std::int64_t draw_latency_us(const SimNetwork& network);
  Dice& dice() { return dice_; }

  // What happened so far, as one number: equal for equal runs. With keep_trace() also as lines;
  // with take_no_notes() not at all, for those who compare nothing and run many.
  std::uint64_t fingerprint() const { return fingerprint_; }
  void keep_trace() { keep_trace_ = true; }
  void take_no_notes() { takes_notes_ = false; }
  const std::string& trace() const { return trace_; }
  void note(std::string_view what, const SimLink& link, int side, std::string_view bytes);

 private:
  struct Listener {
    std::string host;
    std::uint16_t port;
    SimAccept on_accept;
  };

  void drop_dead_links();

  Dice dice_;
  TimeMs epoch_ms_ = sim_epoch_ms;
  MonoUs now_us_ = 0;
  std::uint64_t next_link_ = 0;
  SimAgenda agenda_;
  std::vector<Listener> listeners_;
  std::unordered_map<std::string, SimNetwork, StringHash, std::equal_to<>> networks_;
  std::map<std::uint64_t, std::weak_ptr<SimLink>> links_;  // by number, so that order is fixed
  std::uint64_t fingerprint_ = 0;
  std::size_t links_kept_max_ = 64;  // beyond it, those that are gone are dropped
  bool takes_notes_ = true;
  bool keep_trace_ = false;
  std::string trace_;
};

}  // namespace wye
