// Sim universe: the event queue, the hosts, and the record of what happened. See sim_universe.h.
#include "io/sim_universe.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "io/sim_stream.h"

namespace wye {
namespace {

constexpr std::uint64_t first_client_port = 40'000;

}  // namespace

SimUniverse::SimUniverse(std::uint64_t seed) : dice_(mix64(seed)) {}

SimUniverse::~SimUniverse() = default;

TimeMs SimUniverse::now_ms() const { return epoch_ms_ + now_us_ / us_per_ms; }

SimEventKey SimUniverse::at(MonoUs when, std::function<void()> what) {
  return agenda_.add(std::max(when, now_us_), std::move(what));
}

bool SimUniverse::step() {
  if (agenda_.empty()) return false;
  now_us_ = agenda_.next_time();
  agenda_.take()();
  return true;
}

std::size_t SimUniverse::run_until_idle(std::size_t events_max) {
  std::size_t count = 0;
  while (count < events_max && step()) ++count;
  return count;
}

void SimUniverse::run_for(DurationMs duration_ms) {
  const MonoUs end = now_us_ + duration_ms * us_per_ms;
  while (!agenda_.empty() && agenda_.next_time() <= end) step();
  now_us_ = end;
}

bool SimUniverse::run_until(const std::function<bool()>& done) {
  while (!done())
    if (!step()) return false;
  return true;
}

SimNetwork& SimUniverse::network(std::string_view host) {
  const auto at = networks_.find(host);
  return at != networks_.end() ? at->second : networks_.emplace(host, usual).first->second;
}

void SimUniverse::listen(const std::string& host, std::uint16_t port, SimAccept on_accept) {
  listeners_.push_back({host, port, std::move(on_accept)});
}

void SimUniverse::stop_listening(std::string_view host) {
  std::erase_if(listeners_, [&](const Listener& listener) { return listener.host == host; });
}

const SimAccept* SimUniverse::listener(std::string_view host, std::uint16_t port) const {
  for (const Listener& listener : listeners_)
    if (listener.host == host && listener.port == port) return &listener.on_accept;
  return nullptr;
}

void SimUniverse::reset_connections(std::string_view host) {
  for (const auto& [number, weak] : links_)
    if (const auto link = weak.lock(); link && link->host == host) link->reset_now();
}

void SimUniverse::wind_down() {
  listeners_.clear();
  for (const auto& [number, weak] : links_)
    if (const auto link = weak.lock()) link->reset_now();
  run_until_idle();
}

void SimUniverse::drop_dead_links() {
  if (links_.size() < links_kept_max_) return;
  std::erase_if(links_, [](const auto& entry) { return entry.second.expired(); });
  links_kept_max_ = std::max<std::size_t>(64, 2 * links_.size());
}

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> SimUniverse::make_connection(
    const std::string& from, const std::string& to, std::uint16_t port) {
  drop_dead_links();
  auto link = std::make_shared<SimLink>(*this, next_link_++, network(to));
  link->names = {fmt::format("{}:{}", from, first_client_port + link->number % 20'000),
                 fmt::format("{}:{}", to, port)};
  link->host = to;
  if (link->network.reset_rate > 0 && dice_.unit() < link->network.reset_rate)
    link->bytes_until_reset = 1 + dice_.below(link->network.reset_after_bytes_max);
  links_.emplace(link->number, link);
  note("connects", *link, 0, "");
  auto client = std::make_unique<SimStream>(link, 0);
  auto server = std::make_unique<SimStream>(link, 1);
  return {std::move(client), std::move(server)};
}

std::int64_t SimUniverse::draw_latency_us(const SimNetwork& network) {
  const std::int64_t spread =
      std::max<std::int64_t>(0, network.latency_us_max - network.latency_us_min);
  return network.latency_us_min +
         static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(spread) + 1));
}

void SimUniverse::note(std::string_view what, const SimLink& link, int side,
                       std::string_view bytes) {
  if (!takes_notes_) return;
  const std::uint64_t where = mix64(static_cast<std::uint64_t>(now_us_)) ^
                              (link.number * 2 + static_cast<std::uint64_t>(side));
  // Most of what happens comes here, so bytes are hashed once, when they are sent.
  const bool is_new = what == "sends";
  fingerprint_ = mix64(mix64(fingerprint_ ^ where) + checksum64(what)) ^ bytes.size();
  if (is_new) fingerprint_ ^= checksum64(bytes);
  if (!keep_trace_) return;
  const auto me = static_cast<std::size_t>(side);
  fmt::format_to(std::back_inserter(trace_), "{:>10} {} {} {} ({} bytes)\n", now_us_,
                 link.names[me], what, link.names[1 - me], bytes.size());
  if (is_new) fmt::format_to(std::back_inserter(trace_), "{}\n", bytes);
}

}  // namespace wye
