// Metrics page: GET /metrics, of whichever listener. Made by the server, read on any loop.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "gateway/books.h"
#include "gateway/loop_reports.h"
#include "gateway/page.h"
#include "io/async.h"

namespace wye {

class Gateway;

class MetricsPage {
 public:
  static constexpr std::string_view path = "/metrics";

  // All outlive this.
  MetricsPage(const Books& books, const LoopReports& reports, std::string version)
      : books_(books), reports_(reports), version_(std::move(version)) {}

  // `gateway` is the one of the loop that the request came to. A stranger gets a refusal (see
  // local_only.h).
  Async<Page> read(Gateway& gateway, const HttpRequest& request, std::string_view listen_host);

  // How the last reload went; any thread.
  void set_reload_worked(bool worked) { reload_worked_.store(worked, std::memory_order_relaxed); }

 private:
  const Books& books_;
  const LoopReports& reports_;
  const std::string version_;
  std::atomic<bool> reload_worked_{true};
};

}  // namespace wye
