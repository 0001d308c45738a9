#include "gateway/key_memo.h"

#include <random>

namespace wye {

KeyMemo::KeyMemo() {
  std::random_device device;
  for (std::uint64_t& half : secret_) half = std::uint64_t{device()} << 32 | device();
}

int KeyMemo::find(std::string_view presented) {
  asked_ = siphash128(secret_, presented);
  const Place& found = place();
  return found.tag == asked_ ? found.index : -1;
}

void KeyMemo::remember(int index) { place() = {asked_, index}; }

}  // namespace wye
