// Free lists by size class: steps of 128 bytes up to 8 KiB, and one class of 16 KiB buffers. What
// is larger goes to the allocator. Each list keeps a bounded number of bytes.
#include "io/block_pool.h"

#include <array>
#include <new>

#include "io/buffer.h"

namespace wye {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool pooled = false;
#else
constexpr bool pooled = true;
#endif

constexpr std::size_t step_bytes = 128;
constexpr std::size_t small_classes = 64;
constexpr std::size_t class_count = small_classes + 1;
constexpr std::size_t bytes_kept_max = 1 << 20;  // a class

struct FreeBlock {
  FreeBlock* next;
};

struct FreeList {
  FreeBlock* first = nullptr;
  std::size_t count = 0;
};

// class_count for what is not pooled.
constexpr std::size_t class_of(std::size_t bytes) {
  if (bytes == buffer_bytes) return small_classes;
  const std::size_t index = (bytes + step_bytes - 1) / step_bytes;
  return index < small_classes ? index : class_count;
}
constexpr std::size_t class_bytes(std::size_t index) {
  return index == small_classes ? buffer_bytes : index * step_bytes;
}

// Outlives Pool, so that a block that is freed after the thread's pool died goes to the allocator.
thread_local bool pool_is_dead = false;

struct Pool {
  std::array<FreeList, class_count> lists;
  ~Pool() {
    pool_is_dead = true;
    for (FreeList& list : lists) {
      while (list.first != nullptr) {
        FreeBlock* block = list.first;
        list.first = block->next;
        ::operator delete(block);
      }
    }
  }
};
thread_local Pool pool;

}  // namespace

void* take_block(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
  if (!pooled || index == class_count || pool_is_dead) return ::operator new(bytes);
  FreeList& list = pool.lists[index];
  if (list.first == nullptr) return ::operator new(class_bytes(index));
  FreeBlock* block = list.first;
  list.first = block->next;
  --list.count;
  return block;
}

void give_block(void* block, std::size_t bytes) noexcept {
  const std::size_t index = class_of(bytes);
  if (!pooled || index == class_count || pool_is_dead) return ::operator delete(block);
  FreeList& list = pool.lists[index];
  if ((list.count + 1) * class_bytes(index) > bytes_kept_max) return ::operator delete(block);
  list.first = new (block) FreeBlock{list.first};
  ++list.count;
}

}  // namespace wye
