// Sim stream: segments on their way, and operations that wait for them. See sim_stream.h.
//
// A completion resumes a coroutine that may destroy this stream, so completing is always the last
// thing done, one operation an event.
#include "io/sim_stream.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace wye {
namespace {

constexpr IoResult was_reset{IoStatus::reset, 0, ECONNRESET};
constexpr std::size_t split_one_in = 3;

std::size_t index(int side) { return static_cast<std::size_t>(side); }

}  // namespace

// --- SimLink

bool SimLink::vanishes() {
  if (network_now.silent) lost = true;
  return lost;
}

void SimLink::schedule(int side, SimDirection::Segment segment) {
  SimDirection& direction = from[index(side)];
  direction.in_flight.push_back(std::move(segment));
  direction.last_arrival =
      std::max(direction.last_arrival, universe.now() + universe.draw_latency_us(network));
  universe.at(direction.last_arrival, [self = shared_from_this(), side] { self->arrive(side); });
}

std::size_t SimLink::send(int side, std::string_view bytes) {
  SimDirection& direction = from[index(side)];
  std::size_t size = std::min(
      bytes.size(), network.buffer_bytes - std::min(network.buffer_bytes, direction.unread));
  if (size == 0) return 0;
  if (bytes_until_reset && size >= *bytes_until_reset) {
    universe.note("breaks", *this, side, "");
    reset_now();
    return size;
  }
  if (bytes_until_reset) *bytes_until_reset -= size;
  universe.note("sends", *this, side, bytes.substr(0, size));
  direction.unread += size;
  std::size_t first = size;
  if (network.split && size > 1 && universe.dice().below(split_one_in) == 0)
    first = 1 + static_cast<std::size_t>(universe.dice().below(size - 1));
  schedule(side, {std::string(bytes.substr(0, first)), false});
  if (first < size) schedule(side, {std::string(bytes.substr(first, size - first)), false});
  return size;
}

void SimLink::send_fin(int side) {
  if (std::exchange(from[index(side)].fin_sent, true)) return;
  universe.note("ends", *this, side, "");
  schedule(side, {{}, true});
}

void SimLink::send_reset(int side) {
  if (reset[index(1 - side)]) return;
  universe.note("resets", *this, side, "");
  universe.at(universe.now() + universe.draw_latency_us(network),
              [self = shared_from_this(), side] {
                if (self->vanishes()) return;
                self->reset[index(1 - side)] = true;
                if (SimStream* end = self->ends[index(1 - side)]) end->settle_soon();
              });
}

void SimLink::reset_now() {
  for (const int side : {0, 1}) {
    reset[index(side)] = true;
    if (SimStream* end = ends[index(side)]) end->settle_soon();
  }
}

void SimLink::arrive(int side) {
  SimDirection& direction = from[index(side)];
  SimDirection::Segment segment = std::move(direction.in_flight.front());
  direction.in_flight.pop_front();
  if (vanishes()) return;
  SimStream* receiver = ends[index(1 - side)];
  if (receiver == nullptr || receiver->closed()) {
    // Nobody is there any more to read it.
    if (!segment.fin) send_reset(1 - side);
    return;
  }
  // Mostly all that arrived before was read.
  if (direction.delivered.empty())
    direction.delivered = std::move(segment.bytes);
  else
    direction.delivered += segment.bytes;
  direction.fin_arrived = direction.fin_arrived || segment.fin;
  receiver->settle();
}

// --- SimStream

SimStream::SimStream(std::shared_ptr<SimLink> link, int side)
    : link_(std::move(link)), side_(side) {
  link_->ends[index(side_)] = this;
}

SimStream::~SimStream() {
  if (reading_ != nullptr) reading_->stream_ = nullptr;
  if (writing_ != nullptr) writing_->stream_ = nullptr;
  reading_ = nullptr;
  writing_ = nullptr;
  close();
  disarm(deadline_event_);
  disarm(settle_event_);
  link_->ends[index(side_)] = nullptr;
}

void SimStream::disarm(std::optional<SimEventKey>& event) {
  if (event) link_->universe.cancel(*event);
  event.reset();
}

bool SimStream::start_read(std::span<char> into, Completion& completion) {
  into_ = into;
  if (const auto result = try_read()) {
    completion.set(*result);
    return true;
  }
  begin(reading_, completion);
  return false;
}

bool SimStream::start_wait(Completion& completion) {
  into_ = {};
  begin(reading_, completion);
  settle_soon();
  return false;
}

bool SimStream::start_write(std::span<const std::string_view> pieces, Completion& completion) {
  writing_bytes_.clear();
  for (const std::string_view piece : pieces) writing_bytes_ += piece;
  writing_total_ = writing_bytes_.size();
  if (const auto result = try_write()) {
    completion.set(*result);
    return true;
  }
  begin(writing_, completion);
  return false;
}

void SimStream::begin(Completion*& slot, Completion& completion) {
  slot = &completion;
  completion.stream_ = this;
  arm_deadline();
}

void SimStream::forget(Completion& completion) {
  if (reading_ == &completion) reading_ = nullptr;
  if (writing_ == &completion) writing_ = nullptr;
  close();
}

// One that moves further away, as most do, leaves the event where it is: it then looks again.
void SimStream::set_deadline(MonoUs deadline) {
  const bool is_sooner = deadline < deadline_;
  deadline_ = deadline;
  if (is_sooner) disarm(deadline_event_);
  arm_deadline();
}

void SimStream::arm_deadline() {
  if ((reading_ == nullptr && writing_ == nullptr) || deadline_ == no_deadline || deadline_event_)
    return;
  deadline_event_ = link_->universe.at(deadline_, [this] {
    deadline_event_.reset();
    if (link_->universe.now() < deadline_) return arm_deadline();
    settle();
  });
}

void SimStream::settle_soon() {
  if (settle_event_) return;
  settle_event_ = link_->universe.at(link_->universe.now(), [this] {
    settle_event_.reset();
    settle();
  });
}

// Finishes at most one operation.
void SimStream::settle() {
  if (reading_ != nullptr)
    if (const auto result = try_read()) return finish(reading_, *result);
  if (writing_ != nullptr)
    if (const auto result = try_write()) return finish(writing_, *result);
}

void SimStream::finish(Completion*& slot, IoResult result) {
  Completion* completion = std::exchange(slot, nullptr);
  if (reading_ != nullptr || writing_ != nullptr) settle_soon();
  completion->complete(result);
}

std::optional<IoResult> SimStream::try_read() {
  if (closed_ || reset()) return was_reset;
  const SimDirection& direction = incoming();
  const bool waiting_only = into_.empty();
  if (!direction.delivered.empty()) return waiting_only ? IoResult{} : take_delivered();
  if (direction.fin_arrived) return waiting_only ? IoResult{} : IoResult{IoStatus::closed};
  if (link_->universe.now() >= deadline_) return IoResult{IoStatus::timed_out};
  return std::nullopt;
}

IoResult SimStream::take_delivered() {
  SimDirection& direction = incoming();
  std::size_t size = std::min(into_.size(), direction.delivered.size());
  Dice& dice = link_->universe.dice();
  if (link_->network.split && size > 1 && dice.below(split_one_in) == 0)
    size = 1 + static_cast<std::size_t>(dice.below(size));
  std::copy_n(direction.delivered.begin(), size, into_.begin());
  direction.delivered.erase(0, size);
  direction.unread -= size;
  link_->universe.note("reads", *link_, side_, std::string_view(into_.data(), size));
  // The other end learns after a while that there is room again.
  if (SimStream* other = link_->ends[index(1 - side_)];
      other != nullptr && other->writing_ != nullptr)
    link_->universe.at(link_->universe.now() + link_->universe.draw_latency_us(link_->network),
                       [link = link_, side = 1 - side_] {
                         if (SimStream* end = link->ends[index(side)]) end->settle_soon();
                       });
  return {IoStatus::ok, size};
}

std::optional<IoResult> SimStream::try_write() {
  if (closed_ || reset()) return was_reset;
  if (outgoing().fin_sent) return IoResult{IoStatus::failed, 0, EPIPE};
  writing_bytes_.erase(0, link_->send(side_, writing_bytes_));
  if (writing_bytes_.empty()) return IoResult{IoStatus::ok, writing_total_};
  if (link_->universe.now() >= deadline_) return IoResult{IoStatus::timed_out};
  return std::nullopt;
}

void SimStream::close() {
  if (std::exchange(closed_, true)) return;
  if (!reset()) {
    // As the kernel does: bytes that nobody will read are answered with a reset.
    if (incoming().delivered.empty())
      link_->send_fin(side_);
    else
      link_->send_reset(side_);
  }
  if (reading_ != nullptr || writing_ != nullptr) settle_soon();
}

void SimStream::shutdown_write() {
  if (!closed_ && !reset()) link_->send_fin(side_);
}

bool SimStream::idle_is_broken() {
  return closed_ || reset() || incoming().fin_arrived || !incoming().delivered.empty();
}

bool SimStream::peer_gone() { return reset() || incoming().fin_arrived; }

std::string SimStream::peer() const { return link_->names[index(1 - side_)]; }

bool SimStream::peer_is_loopback() const {
  const std::string name = peer();
  return name.starts_with("127.") || name.starts_with("localhost:");
}

}  // namespace wye
