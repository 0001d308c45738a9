// Lookups in threads, answers kept per host, waiters that leave at their deadline.
#include "io/resolver.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "io/thread_name.h"

namespace wye {
namespace {

constexpr MonoUs fresh_us = 10'000'000;
constexpr MonoUs usable_us = 70'000'000;
// Of old addresses: how long a new answer is waited for, and how long after that nobody waits.
constexpr MonoUs patience_us = 500'000;
constexpr MonoUs silence_us = 10'000'000;
constexpr std::size_t hosts_max = 4096;

void set_port(SocketAddress& address, std::uint16_t port) {
  // sin_port and sin6_port share their place.
  address.storage.sin6_port = htons(port);
}

std::string in_sentence(std::string text) {
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Fault timed_out(const std::string& host) {
  return fault(FaultKind::timeout, fmt::format("DNS lookup of {}: timed out", host));
}

}  // namespace

std::string describe(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  const int port = ntohs(address.storage.sin6_port);
  if (address.family() == AF_INET6) {
    ::inet_ntop(AF_INET6, &address.storage.sin6_addr, text, sizeof text);
    return fmt::format("[{}]:{}", text, port);
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return fmt::format("{}:{}", text, port);
}

bool parse_address(const std::string& host, std::uint16_t port, SocketAddress& out) {
  out = {};
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    out.size = sizeof(sockaddr_in);
  } else if (::inet_pton(AF_INET6, host.c_str(), &out.storage.sin6_addr) == 1) {
    out.storage.sin6_family = AF_INET6;
    out.size = sizeof(sockaddr_in6);
  } else {
    return false;
  }
  set_port(out, port);
  return true;
}

// A coroutine that waits for a lookup; in its frame.
struct Resolver::Waiter final : Timer, LoopWait {
  struct Place : Links {
    explicit Place(Waiter& owner) : waiter(owner) {}
    Waiter& waiter;
  };
  Place place{*this};  // among the waiters of the host
  std::coroutine_handle<> coroutine;
  bool timed_out = false;
  void wake() {
    place.leave();
    LoopWait::leave();
    disarm();
    coroutine.resume();
  }
  void on_timer(MonoUs) override {
    timed_out = true;
    wake();
  }
  void on_loop_end() override { on_timer(0); }
};

struct Resolver::Entry {
  std::vector<SocketAddress> addresses;
  Fault failure;             // of the last lookup
  MonoUs answered_us = 0;    // when the addresses came
  MonoUs unanswered_us = 0;  // when a lookup failed, or was waited for in vain
  bool looking = false;
  Links waiters;
};

struct Resolver::LookupAwaiter {
  // A constructor, since g++ 12 loses the addresses of members that an aggregate points to itself
  // with.
  LookupAwaiter(Resolver& whose, Entry& what, MonoUs until)
      : resolver(whose), entry(what), deadline(until) {}
  Resolver& resolver;
  Entry& entry;
  const MonoUs deadline;
  Waiter waiter;
  bool await_ready() const noexcept { return !entry.looking; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    waiter.coroutine = coroutine;
    waiter.place.join(entry.waiters);
    static_cast<LoopWait&>(waiter).join(resolver.core_.waits);
    if (deadline != no_deadline) resolver.core_.timers.arm(waiter, deadline);
  }
  bool await_resume() const noexcept { return !waiter.timed_out; }
};

Resolver::Resolver(LoopCore& core, std::shared_ptr<Mailbox> mailbox)
    : core_(core), mailbox_(std::move(mailbox)) {}

Resolver::~Resolver() { *alive_ = false; }

Async<Result<std::vector<SocketAddress>>> Resolver::resolve(const std::string& host,
                                                            std::uint16_t port, MonoUs deadline) {
  SocketAddress literal;
  if (parse_address(host, port, literal)) co_return std::vector{literal};

  if (entries_.size() > hosts_max)
    std::erase_if(entries_, [](const auto& item) { return !item.second->looking; });
  auto& slot = entries_[host];
  if (!slot) slot = std::make_shared<Entry>();
  const std::shared_ptr<Entry> kept = slot;  // the table may drop it while we wait
  Entry& entry = *kept;

  const MonoUs now = steady_now_us();
  const MonoUs age = now - entry.answered_us;
  if (entry.addresses.empty() || age > fresh_us) refresh(host, entry);
  if (entry.addresses.empty()) {
    if (entry.looking && deadline <= now) co_return fail(timed_out(host));
    const bool answered = co_await LookupAwaiter(*this, entry, deadline);
    if (entry.addresses.empty()) co_return fail(answered ? entry.failure : timed_out(host));
  } else if (age > usable_us && now - entry.unanswered_us > silence_us) {
    // Old addresses are better than none: providers move rarely, resolvers fail often.
    const bool answered =
        co_await LookupAwaiter(*this, entry, std::min(deadline, now + patience_us));
    if (!answered) entry.unanswered_us = steady_now_us();
  }
  std::vector<SocketAddress> addresses = entry.addresses;
  for (SocketAddress& address : addresses) set_port(address, port);
  co_return addresses;
}

void Resolver::refresh(const std::string& host, Entry& entry) {
  if (entry.looking) return;
  entry.looking = true;
  const auto work = [this, host, mailbox = mailbox_, alive = alive_] {
    name_thread("wye-dns");
    Answer answer = look_up(host);
    mailbox->post([this, host, alive, answer = std::move(answer)] {
      if (*alive) take(host, answer);
    });
  };
  // std::thread throws when the system has no thread left.
  try {
    std::thread(work).detach();
  } catch (const std::system_error& error) {
    entry.looking = false;
    entry.failure = fault(FaultKind::shed, fmt::format("DNS lookup of {}: {}", host,
                                                       in_sentence(error.code().message())));
    entry.unanswered_us = steady_now_us();
  }
}

// On a thread of its own.
Resolver::Answer Resolver::look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0)
    return {{},
            in_sentence(error == EAI_SYSTEM ? std::generic_category().message(errno)
                                            : ::gai_strerror(error))};
  Answer answer;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (at->ai_family != AF_INET && at->ai_family != AF_INET6) continue;
    SocketAddress address;
    std::memcpy(&address.storage, at->ai_addr,
                std::min<std::size_t>(at->ai_addrlen, sizeof address.storage));
    address.size = at->ai_addrlen;
    answer.addresses.push_back(address);
  }
  ::freeaddrinfo(found);
  if (answer.addresses.empty()) answer.error = "no usable address";
  return answer;
}

void Resolver::take(const std::string& host, Answer answer) {
  const auto at = entries_.find(host);
  if (at == entries_.end()) return;
  const std::shared_ptr<Entry> kept = at->second;
  Entry& entry = *kept;
  entry.looking = false;
  if (!answer.addresses.empty()) {
    entry.addresses = std::move(answer.addresses);
    entry.answered_us = steady_now_us();
  } else {
    entry.failure =
        fault(FaultKind::outage, fmt::format("DNS lookup of {}: {}", host, answer.error));
    entry.unanswered_us = steady_now_us();
  }
  Links woken;
  woken.take_all(entry.waiters);
  while (!woken.alone()) static_cast<Waiter::Place*>(woken.next())->waiter.wake();
}

}  // namespace wye
