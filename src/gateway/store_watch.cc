#include "gateway/store_watch.h"

#include <utility>

namespace wye {
namespace {

constexpr DurationMs tell_interval_ms = 60'000;

}  // namespace

void StoreWatch::took_rows() {
  if (!std::exchange(failing_, false)) return;
  tell(false, "the record store takes records again; requests are answered");
}

void StoreWatch::failed(const Fault& why) {
  if (std::exchange(failing_, true)) return;
  tell(true, "records cannot be kept, so requests are refused until they can: " + why.message);
}

void StoreWatch::refused(const Fault& why, TimeMs now) {
  if (refused_told_at_ != 0 && now - refused_told_at_ < tell_interval_ms) return;
  tell(true, "a record is lost: " + why.message);
  refused_told_at_ = now;
}

void StoreWatch::dropped(std::int64_t rows, TimeMs now) {
  dropped_ += rows;
  tick(now);
}

void StoreWatch::tick(TimeMs now) {
  if (dropped_ == 0 || (told_at_ != 0 && now - told_at_ < tell_interval_ms)) return;
  tell(true, std::to_string(std::exchange(dropped_, 0)) +
                 " records of refused requests are lost: too many wait for the record store");
  told_at_ = now;
}

}  // namespace wye
