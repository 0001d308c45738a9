// Fault class: decides what a provider's error means. One table of words, one of phrases, one of
// statuses, in this order, for all providers: gateways in between repeat each other's errors, so
// who answered says little. Internal to this room.
#pragma once

#include <string_view>

#include "base/fault.h"
#include "dialect/error_body.h"

namespace wye {

struct FaultClass {
  FaultKind kind;
  std::string_view code;  // our word for it when the provider gave none, "" when there is none
};

// `status` is the HTTP status of the answer; a status within the body counts when that says 200.
FaultClass classify(int status, const ErrorBody& body);

// The Fault of an error, with everything but what only headers know.
Fault fault_of(int status, ErrorBody body);

}  // namespace wye
