// Event shape: what the events of a stream have in common. Most differ from the one before in one
// string alone; whatever else was read in that one holds of them too, and they need not be parsed.
//
// A plain value of one stream. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wye {

class EventShape {
 public:
  // Of a valid JSON text; `hole` is what stands between the quotes of one of its strings, a view
  // into it.
  void remember(std::string_view event, std::string_view hole);
  void forget() { event_.clear(); }

  // What stands in the hole of an event that is otherwise the remembered one, and is valid JSON.
  // Nothing of other events, nor when it is empty or has escapes.
  std::optional<std::string_view> hole_in(std::string_view event) const;
  // The same place in such an event; `view` is into the remembered one, beside its hole.
  std::string_view moved(std::string_view view, std::string_view event) const;
  std::string_view event() const { return event_; }

 private:
  std::string_view before() const { return std::string_view(event_).substr(0, from_); }
  std::string_view behind() const { return std::string_view(event_).substr(to_); }

  std::string event_;  // "": none
  std::size_t from_ = 0;
  std::size_t to_ = 0;
};

}  // namespace wye
