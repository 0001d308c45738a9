// Gemini models: what their names say of how they think. Models of the second generation take a
// budget of tokens, later ones a level; asking in the wrong way is an error there. Internal to this
// room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/content.h"

namespace wye::gemini {

struct ModelTraits {
  bool thinks = true;
  bool by_level = true;      // else by budget
  bool pro = false;          // cannot be told not to think
  bool low_or_high = false;  // knows no level in between
  bool signs = false;        // refuses calls in the history that are not signed
  bool known = true;         // false: the name says nothing, and it is taken for a new one
};
ModelTraits traits_of(std::string_view model);

// thinkingConfig; what is not set is not written.
struct Thinking {
  std::optional<std::int64_t> budget;
  std::string level;
  std::optional<bool> include;
  bool refused = false;  // something was asked for that the model has no means for
  bool empty() const { return !budget && level.empty() && !include; }
};
// As another dialect's client asked for it.
Thinking thinking_for(const ReasoningSettings& wanted, const ModelTraits& model);

}  // namespace wye::gemini
