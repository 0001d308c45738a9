// Compiled as C++23 (see CMakeLists.txt), for the one function of strings that leaves new bytes as
// they are.
#include "base/grow.h"

namespace wye {

char* grow(std::string& text, std::size_t count) {
  const std::size_t before = text.size();
  const std::size_t wanted = before + count;
  // g++ 12 tells of all the room it made, which may be more than was asked for.
  text.resize_and_overwrite(wanted, [wanted](char*, std::size_t) { return wanted; });
  return text.data() + before;
}

}  // namespace wye
