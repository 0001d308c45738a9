// Names: the one way in which core turns a small enum into its name and back. A table lists the
// names in the order of the enum; the compiler checks that none is missing. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace wye {

template <class Enum, std::size_t N>
struct Names {
  std::array<std::string_view, N> table;

  constexpr std::string_view of(Enum value) const { return table[static_cast<std::size_t>(value)]; }
  constexpr std::optional<Enum> find(std::string_view name) const {
    for (std::size_t i = 0; i < N; ++i) {
      if (table[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
};

// names_of<Enum, Enum::last>("first", ..., "last")
template <class Enum, Enum last, class... Texts>
constexpr auto names_of(Texts... texts) {
  static_assert(sizeof...(texts) == static_cast<std::size_t>(last) + 1, "one name a value");
  return Names<Enum, sizeof...(texts)>{{std::string_view(texts)...}};
}

}  // namespace wye
