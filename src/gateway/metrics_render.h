// Metrics render: a report of all loops and the state of every deployment, as Prometheus reads
// them. docs/operating.md has the table of what there is. Pure.
#pragma once

#include <string_view>

#include "core/facts.h"
#include "gateway/books.h"
#include "gateway/loop_reports.h"
#include "io/process_usage.h"

namespace wye {

class MetricsText;

struct MetricsView {
  const LoopReport& report;
  const ActivePolicy& policy;  // whose names are told; others are left out
  const Facts& facts;
  Books::Waiting waiting;
  bool ready = false;
  bool reload_worked = true;
  std::string_view version;
  ProcessUsage process;
};

void render_counts(const MetricsView& view, MetricsText& text);
void render_state(const MetricsView& view, MetricsText& text);

}  // namespace wye
