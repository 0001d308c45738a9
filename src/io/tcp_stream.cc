// Reads and writes of a plain stream: first the system call, then the wait. Belongs to one loop.
#include "io/tcp_stream.h"

#include <utility>

#include "io/write_cursor.h"

namespace wye {
namespace {

class TcpStream final : public Stream, private SocketUser {
 public:
  explicit TcpStream(SocketPtr socket) : socket_(std::move(socket)) { socket_->set_user(this); }
  ~TcpStream() override {
    if (reading_ != nullptr) reading_->stream_ = nullptr;
    if (writing_ != nullptr) writing_->stream_ = nullptr;
    socket_->set_user(nullptr);
    socket_->close();
  }

  bool start_read(std::span<char> into, Completion& completion) override {
    const Socket::Tried tried = socket_->try_read(into);
    if (!tried.would_block && !socket_->should_yield()) {
      completion.set(tried.result);
      return true;
    }
    hold(reading_, completion);
    if (tried.would_block)
      socket_->start_read(into);
    else
      socket_->report_read_later(tried.result);
    return false;
  }

  bool start_wait(Completion& completion) override {
    hold(reading_, completion);
    socket_->start_wait_readable();
    return false;
  }

  bool start_write(std::span<const std::string_view> pieces, Completion& completion) override {
    cursor_ = WriteCursor(pieces);
    hold(writing_, completion);
    socket_->start_write_at_turn_end();
    return false;
  }

  std::size_t drop_input(std::size_t bytes) override { return socket_->drop_input(bytes); }

  void forget(Completion& completion) override {
    if (reading_ == &completion) reading_ = nullptr;
    if (writing_ == &completion) writing_ = nullptr;
    close();
  }
  void set_deadline(MonoUs deadline) override { socket_->set_deadline(deadline); }
  void close() override { socket_->close(); }
  void reset() override { socket_->reset(); }
  void shutdown_write() override { socket_->shutdown_write(); }
  bool idle_is_broken() override { return socket_->has_input(); }
  bool peer_gone() override { return socket_->peer_gone(); }
  std::string peer() const override { return socket_->peer(); }
  bool peer_is_loopback() const override { return socket_->peer_is_loopback(); }

 private:
  void hold(Completion*& slot, Completion& completion) {
    slot = &completion;
    completion.stream_ = this;
  }

  // True when the write is over, well or not.
  bool write_more(IoResult& result) {
    WriteCursor::Batch room;
    while (!cursor_.done()) {
      const auto batch = cursor_.batch(room);
      std::size_t offered = 0;
      for (const iovec& piece : batch) offered += piece.iov_len;
      const Socket::Tried tried = socket_->try_write(batch);
      if (tried.would_block) return false;
      if (tried.result.status != IoStatus::ok) {
        result = tried.result;
        return true;
      }
      cursor_.take(tried.result.bytes);
      if (tried.result.bytes < offered) return false;  // the kernel is full
    }
    result = {IoStatus::ok, cursor_.taken()};
    return true;
  }

  void on_read(IoResult result) override {
    if (reading_ != nullptr) std::exchange(reading_, nullptr)->complete(result);
  }

  void on_write(IoResult result) override {
    if (writing_ == nullptr) return;
    if (result.status == IoStatus::ok && !cursor_.done() && !write_more(result)) {
      socket_->start_wait_writable();
      return;
    }
    std::exchange(writing_, nullptr)->complete(result);
  }

  SocketPtr socket_;
  Completion* reading_ = nullptr;
  Completion* writing_ = nullptr;
  WriteCursor cursor_;
};

}  // namespace

std::unique_ptr<Stream> make_tcp_stream(SocketPtr socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace wye
