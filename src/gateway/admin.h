// Admin: the pages of the admin listener: health and the state of every deployment as the books see
// it. Runs on the first loop.
#pragma once

#include <string>

#include "gateway/books.h"
#include "gateway/gateway.h"
#include "io/http_server.h"

namespace wye {

class Admin final : public HttpHandler {
 public:
  Admin(Gateway& gateway, Books& books) : gateway_(gateway), books_(books) {}

  Async<void> handle(HttpRequest& request, HttpResponder& responder) override;
  HttpRefusal refuse(const Fault& fault) override { return gateway_.refuse(fault); }
  bool draining() const override { return gateway_.draining(); }

 private:
  Page answer(const HttpRequest& request);
  std::string status_json() const;

  Gateway& gateway_;
  Books& books_;
};

}  // namespace wye
