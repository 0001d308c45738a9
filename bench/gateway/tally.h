// What one run of the load generator counted, and how it is printed: one JSON line. Numbers with
// `window` in the name belong to the measured window alone; errors are counted over the whole run,
// since a wrong answer during warm-up or draining is as wrong as any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "cpu_watch.h"

namespace bench {

enum class Trouble {
  connect,
  status,
  short_answer,
  wrong_body,
  timeout
};
constexpr const char* kTroubleNames[] = {"connect", "status", "short", "wrong_body", "timeout"};

struct Tally {
  uint64_t completed = 0, window_completed = 0;
  uint64_t events = 0, window_events = 0;
  uint64_t reconnects = 0, echo_missing = 0;
  uint64_t errors[5] = {};
  std::string first_error;
  std::vector<int64_t> latencies_ns;
  int64_t window_ns = 0;

  void error(Trouble trouble, const std::string& what) {
    ++errors[static_cast<int>(trouble)];
    if (first_error.empty())
      first_error = std::string(kTroubleNames[static_cast<int>(trouble)]) + ": " + what;
  }
  uint64_t error_count() const {
    uint64_t sum = 0;
    for (uint64_t count : errors) sum += count;
    return sum;
  }
};

inline double percentile_us(std::vector<int64_t>& samples_ns, double share) {
  if (samples_ns.empty()) return 0;
  size_t place = std::min(samples_ns.size() - 1,
                          static_cast<size_t>(share * static_cast<double>(samples_ns.size())));
  std::nth_element(samples_ns.begin(), samples_ns.begin() + static_cast<long>(place),
                   samples_ns.end());
  return static_cast<double>(samples_ns[place]) / 1000.0;
}

inline std::string json_text(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

inline void print_tally(Tally& tally, const std::vector<Watch>& watches, const char* latency_of) {
  auto number = [](uint64_t value) { return std::to_string(value); };
  auto decimal = [](double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3f", value);
    return std::string(text);
  };
  std::string out = "{\"completed\":" + number(tally.completed) +
                    ",\"window_completed\":" + number(tally.window_completed) +
                    ",\"events\":" + number(tally.events) +
                    ",\"window_events\":" + number(tally.window_events) +
                    ",\"window_s\":" + decimal(static_cast<double>(tally.window_ns) / kSecondNs) +
                    ",\"reconnects\":" + number(tally.reconnects) +
                    ",\"echo_missing\":" + number(tally.echo_missing) + ",\"latency_of\":\"" +
                    latency_of + "\"" + ",\"latency_samples\":" + number(tally.latencies_ns.size());
  for (auto [name, share] : {std::pair{"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}})
    out += std::string(",\"") + name + "\":" + decimal(percentile_us(tally.latencies_ns, share));
  out += ",\"error_count\":" + number(tally.error_count()) + ",\"errors\":{";
  for (int i = 0; i < 5; ++i)
    out += std::string(i ? "," : "") + "\"" + kTroubleNames[i] + "\":" + number(tally.errors[i]);
  out += "},\"first_error\":" + json_text(tally.first_error) + ",\"cpu\":{";
  for (size_t i = 0; i < watches.size(); ++i) {
    const Watch& w = watches[i];
    out += (i ? "," : "") + json_text(w.name) +
           ":{\"ns\":" + std::to_string(w.end.total_ns - w.start.total_ns) +
           ",\"user_ticks\":" + std::to_string(w.end.user_ticks - w.start.user_ticks) +
           ",\"system_ticks\":" + std::to_string(w.end.system_ticks - w.start.system_ticks) + "}";
  }
  std::printf("%s}}\n", out.c_str());
}

}  // namespace bench
