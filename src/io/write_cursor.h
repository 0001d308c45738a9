// WriteCursor: how far the pieces of one write have been taken. The pieces stay the caller's.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace wye {

class WriteCursor {
 public:
  static constexpr std::size_t batch_max = 64;
  using Batch = std::array<iovec, batch_max>;

  WriteCursor() = default;
  explicit WriteCursor(std::span<const std::string_view> pieces) : pieces_(pieces) { skip_empty(); }

  bool done() const { return pieces_.empty(); }
  std::size_t taken() const { return taken_; }

  // What is left, as far as one system call takes it.
  std::span<const iovec> batch(Batch& room) const {
    std::size_t count = 0;
    std::size_t offset = offset_;
    for (const std::string_view piece : pieces_) {
      if (count == room.size()) break;
      if (piece.size() > offset)
        room[count++] = {const_cast<char*>(piece.data()) + offset, piece.size() - offset};
      offset = 0;
    }
    return {room.data(), count};
  }

  // Copies up to `into.size()` bytes without taking them.
  std::size_t copy(std::span<char> into) const {
    std::size_t copied = 0;
    std::size_t offset = offset_;
    for (const std::string_view piece : pieces_) {
      const std::size_t count = std::min(piece.size() - offset, into.size() - copied);
      if (count > 0) std::memcpy(into.data() + copied, piece.data() + offset, count);
      copied += count;
      offset = 0;
      if (copied == into.size()) break;
    }
    return copied;
  }

  void take(std::size_t bytes) {
    taken_ += bytes;
    while (bytes > 0) {
      const std::size_t left = pieces_.front().size() - offset_;
      if (bytes < left) {
        offset_ += bytes;
        return;
      }
      bytes -= left;
      next_piece();
    }
    skip_empty();
  }

 private:
  void next_piece() {
    pieces_ = pieces_.subspan(1);
    offset_ = 0;
  }
  void skip_empty() {
    while (!pieces_.empty() && pieces_.front().size() == offset_) next_piece();
  }

  std::span<const std::string_view> pieces_;
  std::size_t offset_ = 0;  // into the first piece
  std::size_t taken_ = 0;
};

}  // namespace wye
