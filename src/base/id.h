// Id: a request id is a 63-bit integer (milliseconds, loop, sequence) that is also the row's
// primary key in the store, so that finding a record needs no second index. People see it as "req_"
// and thirteen characters of Crockford base32, which sort by time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace wye {

using RequestId = std::int64_t;

std::string format_request_id(RequestId id);
std::optional<RequestId> parse_request_id(std::string_view text);

// Makes ids that never repeat within one process and grow with time. One per loop.
class RequestIds {
 public:
  explicit RequestIds(unsigned loop) : loop_(loop & 0x3f) {}
  RequestId next(TimeMs now);

 private:
  unsigned loop_;
  std::int64_t last_ = 0;
};

}  // namespace wye
