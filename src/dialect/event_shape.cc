// Event shape. Pure.
#include "dialect/event_shape.h"

#include "wire/json_text.h"

namespace wye {

void EventShape::remember(std::string_view event, std::string_view hole) {
  from_ = static_cast<std::size_t>(hole.data() - event.data());
  to_ = from_ + hole.size();
  event_.assign(event);
}

std::optional<std::string_view> EventShape::hole_in(std::string_view event) const {
  const std::size_t around = event_.size() - (to_ - from_);
  if (event_.empty() || event.size() <= around) return std::nullopt;
  if (!event.starts_with(before()) || !event.ends_with(behind())) return std::nullopt;
  const std::string_view hole = event.substr(from_, event.size() - around);
  if (!is_plain_json_text(hole)) return std::nullopt;
  return hole;
}

std::string_view EventShape::moved(std::string_view view, std::string_view event) const {
  const auto at = static_cast<std::size_t>(view.data() - event_.data());
  return event.substr(at < to_ ? at : at + event.size() - event_.size(), view.size());
}

}  // namespace wye
