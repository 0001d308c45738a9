// Test peer: the two ends of a client that is not there: a stream that is asked nothing but where
// its peer is, and a responder that notes the answer. Not part of the product.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "io/http_server.h"

namespace wye::test {

class PeerStream final : public Stream {
 public:
  bool start_read(std::span<char>, Completion& completion) override { return over(completion); }
  bool start_write(std::span<const std::string_view>, Completion& completion) override {
    return over(completion);
  }
  void set_deadline(MonoUs) override {}
  void close() override {}
  bool idle_is_broken() override { return false; }
  bool peer_gone() override { return false; }
  std::string peer() const override { return "peer"; }
  bool peer_is_loopback() const override { return loopback; }

  bool loopback = true;

 private:
  static bool over(Completion& completion) {
    completion.set({IoStatus::closed});
    return true;
  }
};

class NotingResponder final : public HttpResponder {
 public:
  Async<Result<void>> respond(int the_status, std::string_view head_lines,
                              std::span<const std::string_view> pieces) override {
    status = the_status;
    head = "\r\n" + std::string(head_lines);
    for (const std::string_view piece : pieces) body += piece;
    co_return {};
  }
  Async<Result<void>> begin(int, std::string_view) override { co_return {}; }
  Async<Result<void>> write(std::span<const std::string_view>) override { co_return {}; }
  Async<Result<void>> end(std::string_view) override { co_return {}; }
  Async<Result<void>> abort(std::string_view) override { co_return {}; }
  bool begun() const override { return false; }
  void set_deadline(MonoUs) override {}
  bool client_gone() override { return false; }

  std::string line(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }

  int status = 0;
  std::string head;
  std::string body;
};

}  // namespace wye::test
