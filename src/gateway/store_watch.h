// Store watch: what the operator is told of the record store: once when it stops taking rows, in
// its own words, once when it takes them again, and at most once a minute how many late rows found
// no room. Belongs to the books thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/fault.h"
#include "base/units.h"

namespace wye {

// `trouble` is false for good news.
using Notice = std::function<void(bool trouble, const std::string& text)>;

class StoreWatch {
 public:
  void set_notice(Notice notice) { notice_ = std::move(notice); }

  void took_rows();
  void failed(const Fault& why);
  // The store is well, but does not take one row for its own sake.
  void refused(const Fault& why, TimeMs now);
  // Rows of refused requests that are lost for good.
  void dropped(std::int64_t rows, TimeMs now);
  // From time to time: tells of drops that were not told at once.
  void tick(TimeMs now);

 private:
  void tell(bool trouble, const std::string& text) const {
    if (notice_) notice_(trouble, text);
  }

  Notice notice_;
  bool failing_ = false;
  std::int64_t dropped_ = 0;  // since it was last told
  TimeMs told_at_ = 0;        // 0: never
  TimeMs refused_told_at_ = 0;
};

}  // namespace wye
