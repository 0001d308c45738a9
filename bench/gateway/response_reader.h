// The load generator's view of an HTTP/1.1 answer: status, framing (length, chunked, or until
// close) and the body bytes as they come. It says `done` only when the framing says so, which is
// how a truncated answer is told from a whole one. Owned by one connection of the load.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "plumbing.h"

namespace bench {

class ResponseReader {
 public:
  void reset() {
    state_ = State::head;
    pending_.clear();
    status_ = 0;
    left_bytes_ = 0;
    keep_alive_ = true;
  }
  bool done() const { return state_ == State::done; }
  bool broken() const { return state_ == State::broken; }
  bool until_close() const { return state_ == State::until_close; }
  bool keep_alive() const { return keep_alive_; }
  int status() const { return status_; }

  // Takes all of `bytes`, handing body bytes to sink(std::string_view).
  template <class Sink>
  void feed(std::string_view bytes, Sink&& sink) {
    while (!bytes.empty()) {
      switch (state_) {
        case State::head: bytes = take_head(bytes); break;
        case State::length:
        case State::chunk_data: {
          size_t size = std::min(left_bytes_, bytes.size());
          sink(bytes.substr(0, size));
          bytes.remove_prefix(size);
          left_bytes_ -= size;
          if (left_bytes_ == 0) state_ = state_ == State::length ? State::done : State::chunk_end;
          break;
        }
        case State::chunk_size:
        case State::chunk_end:
        case State::trailer: bytes = take_line(bytes); break;
        case State::until_close: sink(bytes); return;
        case State::done: state_ = State::broken; return;  // bytes that nobody asked for
        case State::broken: return;
      }
    }
  }

 private:
  enum class State {
    head,
    length,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    until_close,
    done,
    broken
  };

  std::string_view take_head(std::string_view bytes) {
    // The usual case, a head in one piece, is parsed where it lies.
    std::string_view text = bytes;
    if (!pending_.empty()) text = pending_.append(bytes);
    size_t before = text.size() - bytes.size();
    size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (pending_.empty()) pending_ = bytes;
      if (pending_.size() > 64 * 1024) state_ = State::broken;
      return {};
    }
    parse_head(text.substr(0, end));
    size_t used = end + 4 - before;
    pending_.clear();
    return bytes.substr(used);
  }

  void parse_head(std::string_view head) {
    bool chunked = false, has_length = false;
    status_ = head.size() > 12 ? std::atoi(std::string(head.substr(9, 3)).c_str()) : 0;
    for_each_header(head, [&](std::string_view name, std::string_view value) {
      if (name_is(name, "content-length")) {
        has_length = true;
        left_bytes_ = std::strtoul(value.data(), nullptr, 10);
      }
      if (name_is(name, "transfer-encoding")) chunked = name_is(value, "chunked");
      if (name_is(name, "connection") && name_is(value, "close")) keep_alive_ = false;
    });
    if (head.substr(0, 9) != "HTTP/1.1 ")
      state_ = State::broken;
    else if (chunked)
      state_ = State::chunk_size;
    else if (has_length)
      state_ = left_bytes_ ? State::length : State::done;
    else
      state_ = State::until_close;
  }

  std::string_view take_line(std::string_view bytes) {
    size_t newline = bytes.find('\n');
    if (newline == std::string_view::npos) {
      pending_.append(bytes);
      return {};
    }
    std::string_view line = bytes.substr(0, newline + 1);
    if (!pending_.empty()) line = pending_.append(line);
    end_line(line);
    pending_.clear();
    return bytes.substr(newline + 1);
  }

  void end_line(std::string_view line) {
    if (line.size() < 2 || line[line.size() - 2] != '\r') {
      state_ = State::broken;
    } else if (state_ == State::chunk_end) {
      state_ = line.size() == 2 ? State::chunk_size : State::broken;
    } else if (state_ == State::trailer) {
      if (line.size() == 2) state_ = State::done;
    } else {
      char* after = nullptr;
      left_bytes_ = std::strtoul(line.data(), &after, 16);  // the line ends in \r, so this stops
      if (after == line.data())
        state_ = State::broken;
      else
        state_ = left_bytes_ ? State::chunk_data : State::trailer;
    }
  }

  State state_ = State::head;
  std::string pending_;  // a head or line that came in pieces
  int status_ = 0;
  size_t left_bytes_ = 0;
  bool keep_alive_ = true;
};

}  // namespace bench
