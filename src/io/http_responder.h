// The responder of one request: adds the framing, gathers head and bytes into one system call, and
// waits for the client with a deadline. Belongs to one connection.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "io/http_server.h"
#include "io/stream.h"
#include "io/world.h"
#include "wire/http1.h"

namespace wye {

class StreamResponder final : public HttpResponder {
 public:
  // What the framing of the answer depends on.
  struct Request {
    bool is_head = false;
    bool keep_alive = false;
    int minor_version = 1;
  };
  StreamResponder(World& world, Stream& stream, HttpHandler& handler, DurationMs write_timeout_ms,
                  Request request)
      : world_(world),
        stream_(stream),
        handler_(handler),
        write_timeout_ms_(write_timeout_ms),
        request_(request) {}

  Async<Result<void>> respond(int status, std::string_view head_lines,
                              std::span<const std::string_view> body) override;
  Async<Result<void>> begin(int status, std::string_view head_lines) override;
  Async<Result<void>> write(std::span<const std::string_view> pieces) override;
  Async<Result<void>> end(std::string_view last) override;
  Async<Result<void>> abort(std::string_view last) override;
  bool begun() const override { return state_ != State::fresh; }
  void set_deadline(MonoUs at) override { deadline_ = at; }
  // A client that was not waited for any longer is still there.
  bool client_gone() override {
    return (state_ == State::broken && !given_up_) || stream_.peer_gone();
  }

  // The answer is whole, and the connection may serve another request.
  bool may_continue() const { return state_ == State::whole && keep_alive_; }
  bool whole() const { return state_ == State::whole; }

 private:
  enum class State : std::uint8_t {
    fresh,
    streaming,
    whole,
    broken
  };

  bool has_body(int status) const;
  void start_head(int status, std::string_view head_lines);
  void end_head();
  Async<Result<void>> send(std::span<const std::string_view> pieces);
  Async<Result<void>> send_slowly(std::span<const std::string_view> pieces);
  Async<Result<void>> send_chunk(std::span<const std::string_view> pieces, std::string_view after);
  MonoUs next_deadline() const;
  Fault gone(const IoResult& result);

  World& world_;
  Stream& stream_;
  HttpHandler& handler_;
  DurationMs write_timeout_ms_;
  MonoUs deadline_ = no_deadline;
  Request request_;
  State state_ = State::fresh;
  bool keep_alive_ = false;
  bool chunked_ = false;
  bool given_up_ = false;     // its deadline was over before the client had taken it
  bool body_hidden_ = false;  // of an answer that has none, as to a HEAD
  std::string head_;          // not yet sent
};

}  // namespace wye
