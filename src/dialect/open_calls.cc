#include "dialect/open_calls.h"

#include <utility>

namespace wye {

void OpenCalls::add(std::string id, std::string name) {
  by_id_[id].places.push_back(calls_.size());
  by_name_[name].places.push_back(calls_.size());
  calls_.push_back({std::move(id), std::move(name)});
}

OpenCalls::Call* OpenCalls::first_by_id(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &calls_[found->second.places.front()];
}

OpenCalls::Call* OpenCalls::oldest_by_id(std::string_view id) { return oldest_in(by_id_, id); }

OpenCalls::Call* OpenCalls::oldest_by_name(std::string_view name) {
  return oldest_in(by_name_, name);
}

OpenCalls::Call* OpenCalls::oldest() {
  while (next_ < calls_.size() && !calls_[next_].open) ++next_;
  return next_ < calls_.size() ? &calls_[next_] : nullptr;
}

OpenCalls::Call* OpenCalls::oldest_in(Index& index, std::string_view key) {
  const auto found = index.find(key);
  if (found == index.end()) return nullptr;
  Queue& queue = found->second;
  while (queue.next < queue.places.size() && !calls_[queue.places[queue.next]].open) ++queue.next;
  return queue.next < queue.places.size() ? &calls_[queue.places[queue.next]] : nullptr;
}

}  // namespace wye
