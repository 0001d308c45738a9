// Sim limits: requests and tokens a minute, as buckets that refill all the time, with the headers
// in which OpenAI and Anthropic tell of them. One for each model, on the simulator's loop.
#pragma once

#include <cstdint>
#include <string>

#include "core/deployment.h"
#include "io/stream.h"

namespace wye {

class SimBucket {
 public:
  // What it holds and what flows in within a minute; 0: no limit. A change starts it full.
  void set_limit(std::int64_t per_minute);
  void refill(MonoUs now);
  bool has(double amount) const { return per_minute_ == 0 || level_ >= amount; }
  void take(double amount) { level_ -= amount; }

  std::int64_t per_minute() const { return per_minute_; }
  std::int64_t remaining() const;
  // Until `amount` is there, or until it is full.
  std::int64_t wait_us(double amount) const;
  std::int64_t full_in_us() const { return wait_us(static_cast<double>(per_minute_)); }

 private:
  std::int64_t per_minute_ = 0;
  double level_ = 0;
  MonoUs at_ = 0;
};

struct SimLimits {
  SimBucket requests;
  SimBucket tokens;

  // Takes one request of so many tokens, or says how long to wait. A request larger than a minute's
  // tokens is never served.
  struct Verdict {
    bool served = true;
    bool too_large = false;
    bool by_tokens = false;
    std::int64_t wait_us = 0;
  };
  Verdict take(MonoUs now, std::int64_t token_count);
  // x-ratelimit-* lines, or anthropic-ratelimit-*, whose resets are dates; none for what has no
  // limit, and none of vendors that do not say.
  void write_headers(DialectId dialect, TimeMs now_ms, std::string& out) const;
};

// 12 ms is "12ms", 63.2 s is "1m3.2s".
std::string go_duration(std::int64_t us);

}  // namespace wye
