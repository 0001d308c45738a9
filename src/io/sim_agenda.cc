// Sim agenda: a heap of times beside a table of what happens. See sim_agenda.h.
//
// A cancelled event leaves its entry in the heap until that comes to the front, or until most of
// the heap is such entries.
#include "io/sim_agenda.h"

#include <algorithm>
#include <utility>

namespace wye {
namespace {

constexpr std::size_t cancelled_min = 64;  // fewer are not worth a look at the whole heap

}  // namespace

SimEventKey SimAgenda::add(MonoUs when, std::function<void()> what) {
  if (free_places_.empty()) {
    free_places_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const SimEventKey key{next_number_++, free_places_.back()};
  free_places_.pop_back();
  places_[key.place] = {std::move(what), key.number};
  heap_.push_back({when, key.number, key.place});
  std::push_heap(heap_.begin(), heap_.end(), Later());
  return key;
}

void SimAgenda::cancel(const SimEventKey& key) {
  if (key.place >= places_.size() || places_[key.place].number != key.number) return;
  // What it holds may cancel others as it dies, so it dies last.
  const std::function<void()> what = clear(key.place);
  ++cancelled_;
  drop_cancelled();
}

std::function<void()> SimAgenda::take() {
  std::function<void()> what = clear(heap_.front().place);
  drop_front();
  drop_cancelled();
  return what;
}

std::function<void()> SimAgenda::clear(std::uint32_t place) {
  places_[place].number = free;
  free_places_.push_back(place);
  return std::exchange(places_[place].what, nullptr);
}

void SimAgenda::drop_front() {
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  heap_.pop_back();
}

void SimAgenda::drop_cancelled() {
  if (cancelled_ > cancelled_min && cancelled_ > heap_.size() / 2) {
    std::erase_if(heap_, [this](const Entry& entry) { return is_cancelled(entry); });
    std::make_heap(heap_.begin(), heap_.end(), Later());
    cancelled_ = 0;
  }
  while (!heap_.empty() && is_cancelled(heap_.front())) {
    drop_front();
    --cancelled_;
  }
}

}  // namespace wye
