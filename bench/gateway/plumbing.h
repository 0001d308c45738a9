// What both bench tools need and neither is about: a clock, command line options as --name value
// pairs, and a few socket calls that end the process with a clear sentence when they fail. Both
// tools are single-threaded, so nothing here locks.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <string>
#include <string_view>

namespace bench {

constexpr int64_t kSecondNs = 1'000'000'000;

inline int64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecondNs + now.tv_nsec;
}

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s%s%s\n", what.c_str(), errno ? ": " : "",
               errno ? std::strerror(errno) : "");
  std::exit(2);
}

// Options are --name value; a name that the tool never asks for is an error, so that a typing
// mistake cannot silently measure something else.
class Options {
 public:
  Options(int count, char** words) {
    errno = 0;
    for (int i = 1; i < count; i += 2) {
      if (std::strncmp(words[i], "--", 2) != 0 || i + 1 == count)
        fail(std::string("expected --name value, got ") + words[i]);
      values_[words[i] + 2] = words[i + 1];
    }
  }
  std::string text(const std::string& name, const std::string& otherwise) {
    auto found = values_.find(name);
    if (found == values_.end()) return otherwise;
    std::string value = found->second;
    values_.erase(found);
    return value;
  }
  double number(const std::string& name, double otherwise) {
    std::string value = text(name, "");
    if (value.empty()) return otherwise;
    char* end = nullptr;
    double parsed = std::strtod(value.c_str(), &end);
    if (*end) fail("--" + name + " wants a number, got " + value);
    return parsed;
  }
  void done() const {
    if (!values_.empty()) fail("unknown option --" + values_.begin()->first);
  }

 private:
  std::map<std::string, std::string> values_;
};

inline void raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void set_no_delay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

inline int listen_on_loopback(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 4096) != 0)
    fail("cannot listen on 127.0.0.1:" + std::to_string(port));
  return fd;
}

// Writes `value` as exactly `width` decimal digits, so that a number can be patched into a
// prepared message without changing its length.
inline void put_digits(char* out, int width, uint64_t value) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

inline bool name_is(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower_case[i]) return false;
  }
  return true;
}

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Calls each(name, value) for every header line of a head (start line included in `head`).
template <class Each>
void for_each_header(std::string_view head, Each&& each) {
  size_t line = head.find("\r\n");
  while (line != std::string_view::npos && line + 2 < head.size()) {
    size_t start = line + 2;
    size_t end = head.find("\r\n", start);
    if (end == std::string_view::npos) end = head.size();
    std::string_view text = head.substr(start, end - start);
    size_t colon = text.find(':');
    if (colon != std::string_view::npos)
      each(text.substr(0, colon), trimmed(text.substr(colon + 1)));
    line = end;
  }
}

}  // namespace bench
