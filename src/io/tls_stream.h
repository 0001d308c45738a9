// TlsStream: OpenSSL over a Socket. OpenSSL reads and writes through a BIO of ours, which takes
// from what the loop has read and sends directly, so no bytes are held twice. Belongs to one loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/buffer.h"
#include "io/socket.h"
#include "io/stream.h"
#include "io/write_cursor.h"

struct ssl_st;
struct ssl_session_st;
struct bio_method_st;

namespace wye {

// The BIO's kind; one per loop, kept by every stream of it.
std::shared_ptr<bio_method_st> make_socket_bio_method();

class TlsStream final : public Stream, private SocketUser {
 public:
  using OnSession = std::function<void(ssl_session_st*)>;  // takes over the reference

  // Takes over `ssl`, which is set up but for its BIO.
  TlsStream(SocketPtr socket, ssl_st* ssl, std::shared_ptr<bio_method_st> bio_method,
            OnSession on_session);
  ~TlsStream() override;

  struct HandshakeAwaiter {
    TlsStream& stream;
    Completion completion{};
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
      completion.waiter_ = waiter;
      return !stream.start_handshake(completion);
    }
    IoResult await_resume() const noexcept { return completion.result_; }
  };
  HandshakeAwaiter handshake() { return {*this}; }
  // What OpenSSL said when the handshake failed; "" when the connection failed under it.
  const std::string& tls_error() const { return tls_error_; }
  ssl_st* ssl() { return ssl_.get(); }
  void remember_session(ssl_session_st* session) { on_session_(session); }

  bool start_read(std::span<char> into, Completion& completion) override;
  bool start_wait(Completion& completion) override;
  bool start_write(std::span<const std::string_view> pieces, Completion& completion) override;
  void forget(Completion& completion) override;
  void set_deadline(MonoUs deadline) override { socket_->set_deadline(deadline); }
  void close() override;
  void shutdown_write() override;
  bool idle_is_broken() override;
  bool peer_gone() override { return socket_->peer_gone(); }
  std::string peer() const override { return socket_->peer(); }
  bool peer_is_loopback() const override { return socket_->peer_is_loopback(); }

 private:
  friend struct SocketBio;
  enum class Reading : std::uint8_t {
    nothing,
    handshake,
    data,
    readiness
  };
  enum class Step : std::uint8_t {
    finished,
    needs_read,
    needs_write
  };

  bool start_handshake(Completion& completion);
  bool start_reading(Reading what, Completion& completion);
  Step step(IoResult& result);
  Step read_step(IoResult& result);
  Step write_step(IoResult& result);
  Step failed_step(int code, IoResult& result);
  void wait_for(Step needed);
  void go_on_reading();
  void on_read(IoResult result) override;
  void on_write(IoResult result) override;
  void hold(Completion*& slot, Completion& completion);

  SocketPtr socket_;
  std::shared_ptr<bio_method_st> bio_method_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  OnSession on_session_;
  std::string tls_error_;
  IoResult transport_{};  // how the socket failed under OpenSSL
  Buffer received_;       // still encrypted
  Buffer sending_;        // plain, one record; OpenSSL wants to see the same bytes again

  Reading reading_ = Reading::nothing;
  std::span<char> into_;
  Completion* reader_ = nullptr;
  Completion* writer_ = nullptr;
  WriteCursor cursor_;
  bool reader_needs_write_ = false;
  bool established_ = false;
  bool broken_ = false;
};

}  // namespace wye
