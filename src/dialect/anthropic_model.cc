// Anthropic model: a version number out of a name, and the steps at which habits changed. Pure.
#include "dialect/anthropic_model.h"

#include <optional>

#include "base/text.h"

namespace wye::anthropic {
namespace {

// 4.5 is 405.
constexpr int first_with_thinking = 307;
constexpr int first_adaptive = 406;
constexpr int first_without_sampling = 407;
constexpr int newest = 9999;

// The next run of letters or of digits.
std::string_view next_word(std::string_view& text) {
  const auto is_word = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  while (!text.empty() && !is_word(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// Dates have eight digits, versions one or two.
std::optional<int> small_number(std::string_view word) {
  if (word.empty() || word.size() > 2) return std::nullopt;
  int number = 0;
  for (const char c : word) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

int version_of(std::string_view name) {
  while (!name.empty()) {
    const auto major = small_number(next_word(name));
    if (!major) continue;
    return *major * 100 + small_number(next_word(name)).value_or(0);
  }
  return newest;
}

}  // namespace

ModelHabits habits_of(std::string_view model) {
  constexpr std::string_view family = "claude";
  const std::size_t at = model.find(family);
  if (at == std::string_view::npos) return {};
  const int version = version_of(model.substr(at + family.size()));
  ModelHabits out;
  out.thinking = version < first_with_thinking ? ThinkingStyle::none
                 : version < first_adaptive    ? ThinkingStyle::budget
                                               : ThinkingStyle::adaptive;
  out.sampling = version < first_without_sampling;
  out.prefill = version < first_adaptive;
  out.highest_steps = version >= first_without_sampling;
  return out;
}

}  // namespace wye::anthropic
