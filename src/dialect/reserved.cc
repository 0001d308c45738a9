// Reserved. Pure.
#include "dialect/reserved.h"

#include <algorithm>
#include <array>

#include "dialect/writing.h"

namespace wye {

bool sends_on(const Provider& provider) { return provider.kind == "openrouter"; }

bool is_destination(std::string_view member) {
  constexpr std::array<std::string_view, 6> names{"models", "provider", "route",
                                                  "preset", "plugins",  "transforms"};
  return std::find(names.begin(), names.end(), member) != names.end();
}

void note_reserved(std::string_view member, Ask& ask) {
  if (is_destination(member)) ask.chooses_destination = true;
  if (member == store_member) ask.says_store = true;
}

bool asks_to_store(std::string_view json) { return json != "false" && json != "null"; }

Extra permitted(const Extra& extra, const Ask& ask, const Provider& provider,
                std::vector<std::string>& dropped) {
  Extra out;
  for (const ExtraMember& member : extra) {
    if (sends_on(provider) && is_destination(member.name)) {
      add_dropped(dropped, member.name);
    } else if (ask.zdr && member.name == store_member) {
      if (asks_to_store(member.json)) add_dropped(dropped, member.name);
    } else {
      out.push_back(member);
    }
  }
  return out;
}

}  // namespace wye
