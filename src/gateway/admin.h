// Admin: the pages of the admin listener: health, metrics, the state of every deployment as the
// books see it, and live drills. Runs on the first loop.
#pragma once

#include <string>
#include <string_view>

#include "gateway/books.h"
#include "gateway/drill_pages.h"
#include "gateway/gateway.h"
#include "gateway/loop_reports.h"
#include "gateway/metrics_page.h"
#include "io/http_server.h"

namespace wye {

// The OpenAPI document of the admin listener.
extern const std::string_view admin_openapi;

class Admin final : public HttpHandler {
 public:
  // All outlive this.
  Admin(Gateway& gateway, const Books& books, const LoopReports& reports, MetricsPage& metrics,
        DrillPages& drills, std::string version)
      : gateway_(gateway),
        books_(books),
        reports_(reports),
        metrics_(metrics),
        drills_(drills),
        version_(std::move(version)) {}

  Async<void> handle(HttpRequest& request, HttpResponder& responder) override;
  HttpRefusal refuse(const Fault& fault) override { return gateway_.refuse(fault); }
  bool draining() const override { return gateway_.draining(); }

  // When the file on disk was first refused, or found gone; 0: it is what is in force. On the first
  // loop.
  void set_config_rejected_since(TimeMs since) { config_rejected_since_ = since; }

 private:
  Async<Page> answer(const HttpRequest& request);
  Async<Page> status_page();
  Result<Page> deployment_page(std::string_view name);

  Gateway& gateway_;
  const Books& books_;
  const LoopReports& reports_;
  MetricsPage& metrics_;
  DrillPages& drills_;
  const std::string version_;
  TimeMs config_rejected_since_ = 0;
};

}  // namespace wye
