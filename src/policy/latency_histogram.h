// LatencyHistogram: the times of late, in buckets that grow by an eighth to a quarter each, so that
// a high percentile is known to that precision. Old times fade: counts are halved when there are
// many. Plain value, pure.
#pragma once

#include <array>
#include <cstdint>

namespace wye {

class LatencyHistogram {
 public:
  void add(std::int64_t us);
  // A time by which `percent` of the times were over, in microseconds; -1 as long as there are too
  // few of them to tell.
  std::int64_t at_percentile(int percent) const;
  bool operator==(const LatencyHistogram&) const = default;

 private:
  static constexpr int steps_an_octave = 4;
  static constexpr std::size_t buckets = std::size_t{27} * steps_an_octave;  // up to 134 s
  static std::size_t bucket_of(std::int64_t us);
  static std::int64_t end_of(std::size_t bucket);

  std::array<std::uint16_t, buckets> counts_{};
  std::int32_t total_ = 0;
};

}  // namespace wye
