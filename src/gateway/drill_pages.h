// Drill pages: the part of the admin API that starts, shows and stops live drills. Only a virtual
// key with the role drill may start or stop one; whoever may read the status may read these.
// Runs on the first loop.
#pragma once

#include <string_view>

#include "gateway/drill_desk.h"
#include "gateway/gateway.h"
#include "gateway/page.h"
#include "io/http_server.h"
#include "wire/json.h"

namespace wye {

class DrillPages {
 public:
  static constexpr std::string_view path = "/admin/v1/drills";

  // Both outlive this.
  DrillPages(Gateway& gateway, DrillDesk& desk) : gateway_(gateway), desk_(desk) {}

  static bool has(std::string_view page);
  // "GET, POST", say; `page` is one that has() knows.
  static std::string_view methods(std::string_view page);
  // Of a client on this machine. Faults: bad_request (409 while another drill runs), not_found,
  // unauthenticated, forbidden.
  Result<Page> answer(const HttpRequest& request);
  // The drill that runs, or null, as a member "drill" of the status.
  void write_running(JsonWriter& json) const;

 private:
  Result<std::string> find_driller(const HttpRequest& request) const;
  Result<Page> start(const HttpRequest& request);
  Result<Page> stop(const HttpRequest& request, std::string_view id);
  Result<Page> one(std::string_view id) const;
  Page list() const;

  Gateway& gateway_;
  DrillDesk& desk_;
};

// {"fault":"outage","target":"openai","tasks":["chat"],"for":"60s","share":"5%","expect":"99%"};
// all but `expect` must be there. Faults: bad_request.
Result<DrillOrder> read_drill_order(std::string_view body);

}  // namespace wye
