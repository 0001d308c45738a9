// Resolver: host names to addresses, with a memory. getaddrinfo blocks and cannot be cancelled, so
// each lookup has a thread of its own; waiting for one ends at the caller's deadline whatever it
// does.
//
// An answer is fresh for 10 s. For a minute more it is served while a new lookup runs behind it.
// When DNS fails or says nothing any known answer is better than none: an old one is served after
// half a second, and for the next 10 s at once. One per loop.
#pragma once

#include <netinet/in.h>

#include <coroutine>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "io/async.h"
#include "io/loop_core.h"
#include "io/mailbox.h"

namespace wye {

struct SocketAddress {
  sockaddr_in6 storage{};  // large enough for both families
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.sin6_family; }
};
std::string describe(const SocketAddress& address);
// True for "127.0.0.1" and "::1", false for names.
bool parse_address(const std::string& host, std::uint16_t port, SocketAddress& out);

class Resolver {
 public:
  Resolver(LoopCore& core, std::shared_ptr<Mailbox> mailbox);
  ~Resolver();

  // Never empty. Ports are filled in. Faults: outage (no such name), timeout.
  Async<Result<std::vector<SocketAddress>>> resolve(const std::string& host, std::uint16_t port,
                                                    MonoUs deadline);

 private:
  struct Entry;
  struct Waiter;
  struct LookupAwaiter;
  struct Answer {
    std::vector<SocketAddress> addresses;
    std::string error;  // in words, "" when there are addresses
  };
  static Answer look_up(const std::string& host);
  void refresh(const std::string& host, Entry& entry);
  void take(const std::string& host, Answer answer);

  LoopCore& core_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for letters that come after us
};

}  // namespace wye
