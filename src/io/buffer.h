// Buffer: the bytes read from a stream and not used yet. Its memory is a pooled block of 16 KiB; it
// grows only for a head that is longer, and is given back when nothing is left in it.
//
// Belongs to one connection.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "io/block_pool.h"

namespace wye {

inline constexpr std::size_t buffer_bytes = 16 << 10;

class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        begin_(std::exchange(other.begin_, 0)),
        end_(std::exchange(other.end_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    return *this;
  }
  ~Buffer() { free(); }

  bool empty() const { return begin_ == end_; }
  std::string_view bytes() const { return {block_ + begin_, end_ - begin_}; }
  // For decoders that work in place.
  char* data() { return block_ + begin_; }
  void consume(std::size_t count) { begin_ += count; }

  // Room for the next read, never none: takes memory, moves what is left to the front, or grows.
  std::span<char> space() {
    if (block_ == nullptr) grow(buffer_bytes);
    if (empty()) begin_ = end_ = 0;
    if (end_ == capacity_ && begin_ > 0) {
      std::memmove(block_, block_ + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == capacity_) grow(capacity_ * 2);
    return {block_ + end_, capacity_ - end_};
  }
  void produced(std::size_t count) { end_ += count; }

  // Gives the memory back when it holds nothing.
  void release_if_empty() {
    if (empty()) free();
  }

 private:
  void grow(std::size_t capacity) {
    char* larger = static_cast<char*>(take_block(capacity));
    const std::size_t used = end_ - begin_;
    if (block_ != nullptr) std::memcpy(larger, block_ + begin_, used);
    free();
    block_ = larger;
    capacity_ = capacity;
    end_ = used;
  }
  void free() {
    if (block_ != nullptr) give_block(block_, capacity_);
    block_ = nullptr;
    capacity_ = begin_ = end_ = 0;
  }

  char* block_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace wye
