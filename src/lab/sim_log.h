// Sim log: what the simulated provider saw, so that a test can compare it with what a gateway says
// it did. Bounded; the oldest entries are forgotten. On the simulator's loop.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"

namespace wye {

struct SimLogEntry {
  std::uint64_t number = 0;  // from 1, without gaps
  TimeMs at_ms = 0;
  std::string method;
  std::string path;
  std::string_view dialect;  // of the endpoint, "" when there is none
  std::string model;
  // Credentials are kept as the beginning of their SHA-256: enough to tell which one was sent.
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t body_bytes = 0;
  std::string body;  // only when asked for
  bool stream = false;
  bool prefilled = false;                // the last message was the assistant's:
  std::string prefill;                   // the answer's beginning, as it was sent
  std::string_view fault = "";           // that struck, "" when none
  int status = 0;                        // 0: no answer
  std::string_view outcome = "pending";  // then answered, refused, broken, client_gone
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;  // generated until the end, or until the client had left
  bool client_closed = false;      // before it had the whole answer
  std::int64_t total_us = 0;
};

class SimLog {
 public:
  explicit SimLog(std::size_t entries_max) : entries_max_(entries_max) {}

  std::uint64_t add(SimLogEntry entry);
  // The entry with this number, or null when it is forgotten.
  SimLogEntry* find(std::uint64_t number);
  void clear() { entries_.clear(); }
  const std::deque<SimLogEntry>& entries() const { return entries_; }
  std::uint64_t seen() const { return last_; }
  // {"seen":12,"entries":[...]} of those after `number`.
  std::string json(std::uint64_t after) const;

 private:
  std::size_t entries_max_;
  std::uint64_t last_ = 0;
  std::deque<SimLogEntry> entries_;
};

// A header's value as the log may show it.
std::string without_secret(std::string_view name, std::string_view value);

}  // namespace wye
