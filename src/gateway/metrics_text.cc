#include "gateway/metrics_text.h"

#include <fmt/format.h>

#include <iterator>

namespace wye {
namespace {

std::string_view to_string(MetricType type) {
  switch (type) {
    case MetricType::counter: return "counter";
    case MetricType::gauge: return "gauge";
    case MetricType::histogram: break;
  }
  return "histogram";
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  out.append(name).append("=\"");
  for (const char c : value) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      default: out.push_back(c);
    }
  }
  out.push_back('"');
}

// Seconds to the microsecond, without zeros at the end: 2500 -> "0.0025".
std::string seconds(std::uint64_t us) {
  std::string text = fmt::format("{}.{:06}", us / us_per_second, us % us_per_second);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

void MetricsText::family(std::string_view name, MetricType type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                 to_string(type));
}

void MetricsText::line(std::string_view suffix, Labels labels, std::string_view bound,
                       std::string_view value) {
  text_.append(name_).append(suffix);
  if (labels.size() > 0 || !bound.empty()) {
    text_.push_back('{');
    for (const Label& label : labels) append_label(text_, label.first, label.second);
    if (!bound.empty()) append_label(text_, "le", bound);
    text_.push_back('}');
  }
  text_.append(" ").append(value).push_back('\n');
}

void MetricsText::sample(Labels labels, std::uint64_t value) {
  line({}, labels, {}, fmt::format_int(value).c_str());
}

void MetricsText::sample(Labels labels, std::int64_t value) {
  line({}, labels, {}, fmt::format_int(value).c_str());
}

void MetricsText::sample_ratio(Labels labels, std::int64_t ppm) {
  line({}, labels, {}, fmt::format("{}", static_cast<double>(ppm) / 1e6));
}

void MetricsText::sample_seconds(Labels labels, std::int64_t us) {
  line({}, labels, {}, seconds(us > 0 ? static_cast<std::uint64_t>(us) : 0));
}

void MetricsText::sample_usd(Labels labels, NanoUsd value) {
  line({}, labels, {}, format_usd(value));
}

void MetricsText::histogram(Labels labels, std::span<const std::int64_t> bounds_us,
                            std::span<const std::uint64_t> counts, std::uint64_t sum_us) {
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    const bool last = i == bounds_us.size();
    line("_bucket", labels,
         last ? std::string("+Inf") : seconds(static_cast<std::uint64_t>(bounds_us[i])),
         fmt::format_int(so_far).c_str());
  }
  line("_sum", labels, {}, seconds(sum_us));
  line("_count", labels, {}, fmt::format_int(so_far).c_str());
}

}  // namespace wye
