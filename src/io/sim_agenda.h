// Sim agenda: what is to happen in the simulated universe, by time and then by the order in which
// it was planned. Planning and cancelling cost little, since every byte on the simulated network
// is an event or two. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "io/stream.h"

namespace wye {

// Names one planned event, for cancel().
struct SimEventKey {
  std::uint64_t number = 0;
  std::uint32_t place = 0;
};

class SimAgenda {
 public:
  SimEventKey add(MonoUs when, std::function<void()> what);
  // Does nothing when it has happened or was cancelled.
  void cancel(const SimEventKey& key);
  bool empty() const { return heap_.empty(); }
  // When the next event is due; only when there is one.
  MonoUs next_time() const { return heap_.front().when; }
  // Takes the next event out; only when there is one.
  std::function<void()> take();

 private:
  struct Entry {
    MonoUs when;
    std::uint64_t number;  // from 0, in the order of planning
    std::uint32_t place;   // of what happens, in places_
  };
  // Holds what an entry of the heap does; used again once the entry is gone.
  struct Place {
    std::function<void()> what;
    std::uint64_t number = free;
  };
  static constexpr std::uint64_t free = UINT64_MAX;

  // A type, not a function, so that the heap's loops have it inline.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };
  bool is_cancelled(const Entry& entry) const {
    return places_[entry.place].number != entry.number;
  }
  std::function<void()> clear(std::uint32_t place);
  void drop_front();
  void drop_cancelled();

  std::uint64_t next_number_ = 0;
  std::vector<Entry> heap_;  // its front is never a cancelled one
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_places_;
  std::size_t cancelled_ = 0;  // in the heap
};

}  // namespace wye
