#include "gateway/live_drill.h"

#include <algorithm>

#include "base/hash.h"
#include "base/units.h"

namespace wye {
namespace {

// Half of a JSON text may be JSON again, as half of 1234 is; with this at its end nothing is.
void break_json(std::string& text) {
  text.resize(text.size() / 2);
  text += '{';
}

}  // namespace

bool LiveDrill::strikes(int task, std::uint64_t seed, TimeMs now) const {
  if (is_over() || now < began || now >= ends) return false;
  if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) return false;
  // Weighted routes draw from the same seed; the id makes this draw another one.
  return mix64(seed ^ hash64(id)) % whole_ppm < static_cast<std::uint64_t>(share_ppm);
}

bool spoil_json(Answer& answer) {
  bool spoiled = false;
  for (Choice& choice : answer.choices) {
    for (Part& part : choice.parts) {
      if (auto* text = std::get_if<Text>(&part.body)) {
        break_json(text->text);
        spoiled = true;
      } else if (auto* call = std::get_if<ToolCall>(&part.body)) {
        break_json(call->arguments);
        spoiled = true;
      }
    }
  }
  return spoiled;
}

}  // namespace wye
