// The steps of OpenSSL between waits of the socket. See the header.
#include "io/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace wye {

// The callbacks of our BIO.
struct SocketBio {
  static TlsStream& stream_of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, std::size_t size, std::size_t* got) {
    BIO_clear_retry_flags(bio);
    TlsStream& stream = stream_of(bio);
    const std::string_view received = stream.received_.bytes();
    if (!received.empty()) {
      *got = std::min(size, received.size());
      std::memcpy(into, received.data(), *got);
      stream.received_.consume(*got);
      return 1;
    }
    const Socket::Tried tried = stream.socket_->try_read({into, size});
    if (tried.would_block) {
      BIO_set_retry_read(bio);
      return 0;
    }
    *got = tried.result.bytes;
    if (tried.result.status == IoStatus::ok) return 1;
    stream.transport_ = tried.result;
    return 0;
  }

  static int write(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
    BIO_clear_retry_flags(bio);
    TlsStream& stream = stream_of(bio);
    const iovec piece{const_cast<char*>(from), size};
    const Socket::Tried tried = stream.socket_->try_write({&piece, 1});
    if (tried.would_block) {
      BIO_set_retry_write(bio);
      return 0;
    }
    *put = tried.result.bytes;
    if (tried.result.status == IoStatus::ok) return 1;
    stream.transport_ = tried.result;
    return 0;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return stream_of(bio).transport_.status == IoStatus::closed;
    return 0;
  }
};

std::shared_ptr<bio_method_st> make_socket_bio_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "wye socket");
  BIO_meth_set_read_ex(method, SocketBio::read);
  BIO_meth_set_write_ex(method, SocketBio::write);
  BIO_meth_set_ctrl(method, SocketBio::control);
  return {method, BIO_meth_free};
}

TlsStream::TlsStream(SocketPtr socket, ssl_st* ssl, std::shared_ptr<bio_method_st> bio_method,
                     OnSession on_session)
    : socket_(std::move(socket)),
      bio_method_(std::move(bio_method)),
      ssl_(ssl, SSL_free),
      on_session_(std::move(on_session)) {
  socket_->set_user(this);
  SSL_set_app_data(ssl, this);
  BIO* bio = BIO_new(bio_method_.get());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
}

TlsStream::~TlsStream() {
  if (reader_ != nullptr) reader_->stream_ = nullptr;
  if (writer_ != nullptr) writer_->stream_ = nullptr;
  socket_->set_user(nullptr);
  close();
}

bool TlsStream::start_handshake(Completion& completion) {
  return start_reading(Reading::handshake, completion);
}

bool TlsStream::start_read(std::span<char> into, Completion& completion) {
  into_ = into;
  return start_reading(Reading::data, completion);
}

bool TlsStream::start_wait(Completion& completion) {
  if (!received_.empty() || SSL_has_pending(ssl_.get()) == 1) {
    completion.set({});
    return true;
  }
  hold(reader_, completion);
  reading_ = Reading::readiness;
  received_.release_if_empty();
  socket_->start_wait_readable();
  return false;
}

bool TlsStream::start_reading(Reading what, Completion& completion) {
  reading_ = what;
  IoResult result;
  const Step needed = step(result);
  if (needed == Step::finished && !socket_->should_yield()) {
    reading_ = Reading::nothing;
    completion.set(result);
    return true;
  }
  hold(reader_, completion);
  if (needed != Step::finished) {
    wait_for(needed);
    return false;
  }
  // `readiness` passes the result on as it is.
  reading_ = Reading::readiness;
  socket_->report_read_later(result);
  return false;
}

TlsStream::Step TlsStream::step(IoResult& result) {
  if (reading_ == Reading::data) return read_step(result);
  ERR_clear_error();
  const int code = SSL_do_handshake(ssl_.get());
  if (code != 1) return failed_step(code, result);
  established_ = true;
  result = {};
  return Step::finished;
}

TlsStream::Step TlsStream::read_step(IoResult& result) {
  ERR_clear_error();
  std::size_t bytes = 0;
  const int code = SSL_read_ex(ssl_.get(), into_.data(), into_.size(), &bytes);
  if (code != 1) return failed_step(code, result);
  result = {IoStatus::ok, bytes};
  return Step::finished;
}

TlsStream::Step TlsStream::write_step(IoResult& result) {
  while (!cursor_.done()) {
    if (sending_.empty()) {
      const std::span<char> room = sending_.space();
      sending_.produced(cursor_.copy(room));
    }
    ERR_clear_error();
    std::size_t bytes = 0;
    const std::string_view plain = sending_.bytes();
    const int code = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &bytes);
    if (code != 1) return failed_step(code, result);
    sending_.consume(bytes);
    cursor_.take(bytes);
  }
  sending_.release_if_empty();
  result = {IoStatus::ok, cursor_.taken()};
  return Step::finished;
}

TlsStream::Step TlsStream::failed_step(int code, IoResult& result) {
  const int error = SSL_get_error(ssl_.get(), code);
  if (error == SSL_ERROR_WANT_READ) return Step::needs_read;
  if (error == SSL_ERROR_WANT_WRITE) return Step::needs_write;
  if (error == SSL_ERROR_ZERO_RETURN) {
    result = {IoStatus::closed};
    return Step::finished;
  }
  broken_ = true;
  // An end without a farewell of TLS may be an attacker's, so it does not count as an orderly one.
  if (transport_.status == IoStatus::closed)
    result = {established_ ? IoStatus::reset : IoStatus::closed};
  else if (transport_.status != IoStatus::ok)
    result = transport_;
  else
    result = {IoStatus::failed, 0, EPROTO};
  if (transport_.status == IoStatus::ok) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    tls_error_ = reason != nullptr ? reason : "protocol error";
  }
  return Step::finished;
}

void TlsStream::wait_for(Step needed) {
  reader_needs_write_ = needed == Step::needs_write;
  if (needed == Step::needs_write)
    socket_->start_wait_writable();
  else
    socket_->start_read(received_.space());
}

void TlsStream::go_on_reading() {
  IoResult result;
  const Step needed = step(result);
  if (needed != Step::finished) {
    wait_for(needed);
    return;
  }
  reading_ = Reading::nothing;
  received_.release_if_empty();
  std::exchange(reader_, nullptr)->complete(result);
}

void TlsStream::on_read(IoResult result) {
  if (reader_ == nullptr) return;
  if (reading_ != Reading::readiness && result.status == IoStatus::ok) {
    received_.produced(result.bytes);
    go_on_reading();
    return;
  }
  // OpenSSL must hear of the end, to tell a farewell from a cut.
  if (reading_ != Reading::readiness && result.status == IoStatus::closed) {
    transport_ = result;
    socket_->look_again();
    go_on_reading();
    return;
  }
  reading_ = Reading::nothing;
  received_.release_if_empty();
  std::exchange(reader_, nullptr)->complete(result);
}

bool TlsStream::start_write(std::span<const std::string_view> pieces, Completion& completion) {
  cursor_ = WriteCursor(pieces);
  IoResult result;
  const Step needed = write_step(result);
  if (needed == Step::finished && !socket_->should_yield()) {
    completion.set(result);
    return true;
  }
  hold(writer_, completion);
  if (needed == Step::finished)
    socket_->report_write_later(result);
  else
    socket_->start_wait_writable();
  return false;
}

void TlsStream::on_write(IoResult result) {
  if (std::exchange(reader_needs_write_, false) && reader_ != nullptr) {
    if (result.status == IoStatus::ok) {
      go_on_reading();
    } else {
      reading_ = Reading::nothing;
      std::exchange(reader_, nullptr)->complete(result);
    }
    return;
  }
  if (writer_ == nullptr) return;
  if (result.status == IoStatus::ok && !cursor_.done() && write_step(result) != Step::finished) {
    socket_->start_wait_writable();
    return;
  }
  std::exchange(writer_, nullptr)->complete(result);
}

void TlsStream::hold(Completion*& slot, Completion& completion) {
  slot = &completion;
  completion.stream_ = this;
}

void TlsStream::forget(Completion& completion) {
  if (reader_ == &completion) reader_ = nullptr;
  if (writer_ == &completion) writer_ = nullptr;
  close();
}

void TlsStream::shutdown_write() {
  if (!established_ || broken_ || !socket_->is_open()) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void TlsStream::close() {
  shutdown_write();
  broken_ = true;
  socket_->close();
}

// Session tickets come after the handshake and are nothing to worry about; OpenSSL takes them when
// it is made to look.
bool TlsStream::idle_is_broken() {
  if (broken_ || !socket_->is_open()) return true;
  const bool may_read =
      !received_.empty() || SSL_has_pending(ssl_.get()) == 1 || socket_->has_input();
  if (!may_read) return false;
  socket_->look_again();
  ERR_clear_error();
  char byte = 0;
  std::size_t bytes = 0;
  const int code = SSL_peek_ex(ssl_.get(), &byte, 1, &bytes);
  return code == 1 || SSL_get_error(ssl_.get(), code) != SSL_ERROR_WANT_READ;
}

}  // namespace wye
