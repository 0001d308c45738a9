// Sim stream: one end of a simulated connection. Two ends share a SimLink, which holds the bytes on
// their way. Behaves as TCP does where a gateway can notice: order, back pressure, half-closes, and
// a reset for those who write to somebody who is gone.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "io/sim_universe.h"
#include "io/stream.h"

namespace wye {

// The bytes that one end sends.
struct SimDirection {
  struct Segment {
    std::string bytes;
    bool fin = false;
  };
  std::deque<Segment> in_flight;
  std::string delivered;    // arrived, not read
  std::size_t unread = 0;   // in flight and delivered; bounded by the network's buffer
  MonoUs last_arrival = 0;  // segments never overtake each other
  bool fin_sent = false;
  bool fin_arrived = false;
};

struct SimLink : std::enable_shared_from_this<SimLink> {
  SimLink(SimUniverse& in, std::uint64_t its_number, const SimNetwork& now)
      : universe(in), number(its_number), network(now), network_now(now) {}

  // Sends what fits of `bytes`; gives how much that was.
  std::size_t send(int side, std::string_view bytes);
  void send_fin(int side);
  // Tells the other end, after the latency, that the connection is reset.
  void send_reset(int side);
  void reset_now();

  SimUniverse& universe;
  std::uint64_t number;
  std::array<std::string, 2> names;  // host:port of each end; 0 connected, 1 was accepted
  std::string host;                  // whose network this is
  SimNetwork network;                // as it was when the connection was made
  const SimNetwork& network_now;     // the universe's
  std::array<SimDirection, 2> from;
  std::array<SimStream*, 2> ends{};
  std::array<bool, 2> reset{};  // this end knows that the connection is gone
  bool lost = false;            // a segment vanished, so nothing after it can be read
  std::optional<std::size_t> bytes_until_reset;

 private:
  void schedule(int side, SimDirection::Segment segment);
  void arrive(int side);
  bool vanishes();
};

class SimStream final : public Stream {
 public:
  SimStream(std::shared_ptr<SimLink> link, int side);
  ~SimStream() override;

  bool start_read(std::span<char> into, Completion& completion) override;
  bool start_write(std::span<const std::string_view> pieces, Completion& completion) override;
  bool start_wait(Completion& completion) override;
  void forget(Completion& completion) override;
  void set_deadline(MonoUs deadline) override;
  void close() override;
  void shutdown_write() override;
  bool idle_is_broken() override;
  bool peer_gone() override;
  std::string peer() const override;
  bool peer_is_loopback() const override;

  // Something changed: looks, in an event of its own, whether an operation is finished.
  void settle_soon();
  // The same at once, as the last thing of an event: whoever waits goes on, and may end the stream.
  void settle();
  bool closed() const { return closed_; }

 private:
  SimDirection& incoming() { return link_->from[static_cast<std::size_t>(1 - side_)]; }
  SimDirection& outgoing() { return link_->from[static_cast<std::size_t>(side_)]; }
  bool reset() const { return link_->reset[static_cast<std::size_t>(side_)]; }
  void begin(Completion*& slot, Completion& completion);
  std::optional<IoResult> try_read();
  std::optional<IoResult> try_write();
  IoResult take_delivered();
  void finish(Completion*& slot, IoResult result);
  void arm_deadline();
  void disarm(std::optional<SimEventKey>& event);

  std::shared_ptr<SimLink> link_;
  int side_;
  bool closed_ = false;
  Completion* reading_ = nullptr;
  std::span<char> into_;  // of the read under way; empty for a wait
  Completion* writing_ = nullptr;
  std::string writing_bytes_;  // what the write under way has not handed over yet
  std::size_t writing_total_ = 0;
  MonoUs deadline_ = no_deadline;
  std::optional<SimEventKey> deadline_event_;
  std::optional<SimEventKey> settle_event_;
};

}  // namespace wye
