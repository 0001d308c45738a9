// Grow: room at the end of a string for bytes that are written there at once. resize() would clear
// them first, which costs as much again as writing them. Pure, any thread.
#pragma once

#include <cstddef>
#include <string>

namespace wye {

// Makes `text` longer by `count` bytes and gives the place of the first of them. What they hold is
// not known until they are written.
char* grow(std::string& text, std::size_t count);

}  // namespace wye
