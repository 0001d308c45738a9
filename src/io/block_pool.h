// Block pool: memory that is needed again at once, kept in free lists by size: coroutine frames and
// 16 KiB read buffers. After warming up a request costs no malloc here.
//
// One pool a thread, so one a loop; a block given back on another thread simply joins that thread's
// pool. Under AddressSanitizer it is plain new and delete, so that use after free is seen.
#pragma once

#include <cstddef>

namespace wye {

void* take_block(std::size_t bytes);
void give_block(void* block, std::size_t bytes) noexcept;

}  // namespace wye
