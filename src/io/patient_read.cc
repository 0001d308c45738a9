// See the header.
#include "io/patient_read.h"

#include <algorithm>

namespace wye {
namespace {

constexpr MonoUs patience_us = 250'000;

}  // namespace

Async<IoResult> patient_read(World& world, Stream& stream, Buffer& into, MonoUs deadline) {
  const MonoUs patience_ends = world.mono_us() + patience_us;
  // Bytes that are kept need their buffer, so nothing is won by giving up on the read.
  const bool may_release = into.empty() && patience_ends < deadline;
  stream.set_deadline(may_release ? patience_ends : deadline);
  IoResult result = co_await stream.read(into.space());
  if (may_release && result.status == IoStatus::timed_out) {
    into.release_if_empty();
    stream.set_deadline(deadline);
    result = co_await stream.readable();
    if (result.status == IoStatus::ok) result = co_await stream.read(into.space());
  }
  if (result.status == IoStatus::ok) into.produced(result.bytes);
  co_return result;
}

}  // namespace wye
