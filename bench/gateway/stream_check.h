// Checks one SSE answer while it runs: every content chunk must come once and in order, then a
// finish chunk, a usage chunk and [DONE], and nothing after it. Comment lines and `event:` lines
// are allowed, since a gateway may add them. Owned by one connection of the load.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "chat_text.h"
#include "plumbing.h"

namespace bench {

class StreamCheck {
 public:
  void reset() {
    pending_.clear();
    events_ = next_sequence_ = 0;
    finish_ = usage_ = done_ = wrong_ = false;
  }
  // `number` is what the mock should echo in each event; returns how many events these bytes end.
  uint64_t feed(std::string_view bytes, const char* number) {
    uint64_t before = events_;
    for (size_t newline; (newline = bytes.find('\n')) != std::string_view::npos;
         bytes.remove_prefix(newline + 1)) {
      std::string_view line = bytes.substr(0, newline);
      if (!pending_.empty()) line = pending_.append(line);
      if (line.starts_with("data:")) event(trimmed(line.substr(5)), number);
      pending_.clear();
    }
    pending_.append(bytes);
    return events_ - before;
  }
  uint64_t events() const { return events_; }
  bool wrong() const { return wrong_; }
  bool whole(uint64_t expected_contents) const {
    return !wrong_ && done_ && finish_ && usage_ && next_sequence_ == expected_contents;
  }
  bool echo_missing() const { return echo_missing_; }
  std::string story() const {
    return std::to_string(next_sequence_) + " content chunks" + (finish_ ? ", finish" : "") +
           (usage_ ? ", usage" : "") + (done_ ? ", [DONE]" : "") +
           (wrong_ ? ", wrong event: " : "") + wrong_text_;
  }

 private:
  static bool has(std::string_view text, std::string_view what) {
    return memmem(text.data(), text.size(), what.data(), what.size()) != nullptr;
  }

  void event(std::string_view data, const char* number) {
    ++events_;
    if (done_) return mark_wrong(data);
    if (data == "[DONE]") {
      done_ = true;
      return;
    }
    if (data.size() < 2 || data.front() != '{' || data.back() != '}') return mark_wrong(data);
    check_echo(data, number);
    const void* mark = memmem(data.data(), data.size(), kSequenceMark, sizeof kSequenceMark - 1);
    if (mark) {
      char expected[kSequenceDigits];
      put_digits(expected, kSequenceDigits, next_sequence_++);
      const char* digits = static_cast<const char*>(mark) + sizeof kSequenceMark - 1;
      if (digits + kSequenceDigits > data.data() + data.size() ||
          std::memcmp(digits, expected, kSequenceDigits) != 0 || finish_)
        mark_wrong(data);
    } else if (has(data, "\"finish_reason\":\"stop\"")) {
      finish_ = true;
    } else if (has(data, "\"total_tokens\"")) {
      usage_ = true;
    } else if (!has(data, "\"role\":\"assistant\"") || events_ != 1) {
      mark_wrong(data);
    }
  }

  void check_echo(std::string_view data, const char* number) {
    const void* mark = memmem(data.data(), data.size(), kEchoMark, sizeof kEchoMark - 1);
    if (!mark) {
      echo_missing_ = true;
      return;
    }
    const char* digits = static_cast<const char*>(mark) + sizeof kEchoMark - 1;
    if (digits + kNumberDigits > data.data() + data.size() ||
        std::memcmp(digits, number, kNumberDigits) != 0)
      mark_wrong(data);
  }

  void mark_wrong(std::string_view data) {
    if (!wrong_) wrong_text_ = data.substr(0, 300);
    wrong_ = true;
  }

  std::string pending_;
  std::string wrong_text_;
  uint64_t events_ = 0;
  uint64_t next_sequence_ = 0;
  bool finish_ = false, usage_ = false, done_ = false, wrong_ = false, echo_missing_ = false;
};

}  // namespace bench
