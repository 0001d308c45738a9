// Sim script. See sim_script.h.
#include "lab/sim_script.h"

namespace wye {
namespace {

// The object that `text` begins with, its closing brace included; "" when it does not end.
std::string_view object_at(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '}')) {
      depth += c == '{' ? 1 : -1;
      if (depth == 0) return text.substr(0, at + 1);
    }
  }
  return {};
}

}  // namespace

std::string scripted_arguments(std::string_view text, std::string_view tool) {
  const std::string order = std::string("call ").append(tool).append(" ");
  const std::size_t found = text.find(order + "{");
  if (found == std::string_view::npos) return {};
  return std::string(object_at(text.substr(found + order.size())));
}

}  // namespace wye
