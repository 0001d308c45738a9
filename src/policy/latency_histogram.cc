#include "policy/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace wye {
namespace {

// Where the counts are halved: about the last thousand times are remembered.
constexpr std::int32_t total_max = 1024;
// A percentile p needs so many times beyond it to mean something.
constexpr std::int32_t beyond_min = 1;
constexpr std::int32_t total_min = 20;

}  // namespace

std::size_t LatencyHistogram::bucket_of(std::int64_t us) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(us, 1));
  const int octave = static_cast<int>(std::bit_width(value)) - 1;
  const std::uint64_t step = octave < 2 ? 0 : (value >> (octave - 2)) & 3;
  const auto bucket = static_cast<std::size_t>(octave * steps_an_octave) + step;
  return std::min(bucket, buckets - 1);
}

std::int64_t LatencyHistogram::end_of(std::size_t bucket) {
  const auto octave = static_cast<int>(bucket / steps_an_octave);
  const auto step = static_cast<std::int64_t>(bucket % steps_an_octave);
  return ((std::int64_t{1} << octave) * (steps_an_octave + step + 1)) / steps_an_octave;
}

void LatencyHistogram::add(std::int64_t us) {
  ++counts_[bucket_of(us)];
  if (++total_ < total_max) return;
  total_ = 0;
  for (std::uint16_t& count : counts_) {
    count /= 2;
    total_ += count;
  }
}

std::int64_t LatencyHistogram::at_percentile(int percent) const {
  const std::int64_t beyond = std::int64_t{total_} * (100 - percent) / 100;
  if (total_ < total_min || beyond < beyond_min) return -1;
  std::int64_t left = beyond;
  for (std::size_t bucket = buckets; bucket-- > 0;) {
    left -= counts_[bucket];
    if (left < 0) return end_of(bucket);
  }
  return -1;
}

}  // namespace wye
