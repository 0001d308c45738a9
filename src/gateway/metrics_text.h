// Metrics text: the exposition format that Prometheus reads, appended family by family. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.h"

namespace wye {

enum class MetricType : std::uint8_t {
  counter,
  gauge,
  histogram
};

class MetricsText {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  using Labels = std::initializer_list<Label>;

  // Begins a family; the samples that follow are its.
  void family(std::string_view name, MetricType type, std::string_view help);

  void sample(Labels labels, std::uint64_t value);
  void sample(Labels labels, std::int64_t value);
  void sample_ratio(Labels labels, std::int64_t ppm);
  void sample_seconds(Labels labels, std::int64_t us);
  void sample_usd(Labels labels, NanoUsd value);
  // The samples of one histogram of microseconds, told in seconds. `counts` has one more than
  // `bounds_us`.
  void histogram(Labels labels, std::span<const std::int64_t> bounds_us,
                 std::span<const std::uint64_t> counts, std::uint64_t sum_us);

  std::string take() { return std::move(text_); }

 private:
  void line(std::string_view suffix, Labels labels, std::string_view bound, std::string_view value);

  std::string text_;
  std::string_view name_;
};

}  // namespace wye
