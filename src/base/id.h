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

// Makes ids that never repeat and grow with time. One per loop.
class RequestIds {
 public:
  // `newest` is the newest id that is already in use (0: none), so that a clock that was set back
  // between two runs does not make ids anew.
  explicit RequestIds(unsigned loop, RequestId newest = 0);
  RequestId next(TimeMs now);

 private:
  unsigned loop_;
  std::int64_t last_ = 0;
};

}  // namespace wye
