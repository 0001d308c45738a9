// Heap: operator new and delete of the simulation program, which runs on one thread and makes and
// drops the same small things in every scenario. Blocks come from free lists by size and are kept
// for ever, which saves a fifth of the program's time. Sanitizers keep the usual heap, for they
// watch it.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace wye::sim {
namespace {

constexpr std::size_t step_bytes = 16;
constexpr std::size_t stepped_max = 2'048;  // beyond it, powers of two
constexpr std::size_t block_max = 64 << 10;
constexpr std::size_t chunk_bytes = 256 << 10;  // of blocks of one size
constexpr std::size_t chunk_bits = std::countr_zero(chunk_bytes);
constexpr std::size_t heap_bytes = std::size_t{16} << 30;  // of addresses; memory comes with use
constexpr std::size_t stepped = stepped_max / step_bytes;
constexpr std::size_t size_count =
    stepped + std::bit_width(block_max) - std::bit_width(stepped_max);

constexpr std::size_t size_index(std::size_t bytes) {
  if (bytes <= stepped_max) return bytes == 0 ? 0 : (bytes - 1) / step_bytes;
  return stepped + std::bit_width(bytes - 1) - std::bit_width(stepped_max);
}
constexpr std::size_t size_at(std::size_t index) {
  return index < stepped ? (index + 1) * step_bytes : (stepped_max * 2) << (index - stepped);
}
static_assert(size_at(size_index(2'049)) == 4'096 && size_at(size_index(4'097)) == 8'192);
static_assert(size_index(block_max) + 1 == size_count);

struct FreeBlock {
  FreeBlock* next;
};

class Heap {
 public:
  void* take(std::size_t bytes) {
    if (bytes > block_max) return from_system(bytes);
    const std::size_t index = size_index(bytes);
    FreeBlock* const block = free_[index] != nullptr ? free_[index] : add_chunk(index);
    if (block == nullptr) return from_system(bytes);
    free_[index] = block->next;
    return block;
  }

  void give(void* block) {
    const auto offset =
        reinterpret_cast<std::uintptr_t>(block) - reinterpret_cast<std::uintptr_t>(begin_);
    if (begin_ == nullptr || offset >= heap_bytes) return std::free(block);
    FreeBlock*& first = free_[size_of_chunk_[offset >> chunk_bits]];
    first = new (block) FreeBlock{first};
  }

 private:
  static void* from_system(std::size_t bytes) {
    void* block = std::malloc(bytes);
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }

  // The first of the new blocks, or null when there is no room for more.
  FreeBlock* add_chunk(std::size_t index) {
    if (begin_ == nullptr && !reserve()) return nullptr;
    if (used_ + chunk_bytes > heap_bytes) return nullptr;
    size_of_chunk_[used_ >> chunk_bits] = static_cast<std::uint8_t>(index);
    const std::size_t block_bytes = size_at(index);
    for (std::size_t at = chunk_bytes; at >= block_bytes; at -= block_bytes) {
      free_[index] = new (begin_ + used_ + at - block_bytes) FreeBlock{free_[index]};
    }
    used_ += chunk_bytes;
    return free_[index];
  }

  bool reserve() {
    void* begin = mmap(nullptr, heap_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (begin == MAP_FAILED) return false;
    // What is in use lies scattered over all sizes; in small pages it is looked up more than used.
    (void)madvise(begin, heap_bytes, MADV_HUGEPAGE);
    begin_ = static_cast<char*>(begin);
    return true;
  }

  char* begin_ = nullptr;
  std::size_t used_ = 0;
  std::array<FreeBlock*, size_count> free_{};
  std::array<std::uint8_t, heap_bytes / chunk_bytes> size_of_chunk_{};
};

constinit Heap heap;

}  // namespace
}  // namespace wye::sim

void* operator new(std::size_t bytes) { return wye::sim::heap.take(bytes); }
void* operator new[](std::size_t bytes) { return wye::sim::heap.take(bytes); }
void operator delete(void* block) noexcept { wye::sim::heap.give(block); }
void operator delete[](void* block) noexcept { wye::sim::heap.give(block); }
void operator delete(void* block, std::size_t) noexcept { wye::sim::heap.give(block); }
void operator delete[](void* block, std::size_t) noexcept { wye::sim::heap.give(block); }

#endif
