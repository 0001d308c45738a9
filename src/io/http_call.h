// One request and its answer on one connection of an HttpPool. Belongs to one loop.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/buffer.h"
#include "io/http_client.h"
#include "io/http_pool.h"
#include "wire/http1.h"

namespace wye {

class StreamCall final : public HttpCall {
 public:
  StreamCall(std::shared_ptr<HttpPool> pool, const Peer& peer, std::string_view head,
             std::span<const std::string_view> body, MonoUs connect_deadline, MonoUs send_deadline);

  // Connects, or takes a pooled connection, and writes the request.
  Async<Result<void>> send();

  Async<Result<void>> read_head(MonoUs deadline) override;
  const ResponseHead& head() const override { return head_; }
  Async<Result<std::string_view>> read_body(MonoUs deadline) override;
  void give_up() override {
    given_up_ = true;  // no second connection
    if (stream_ != nullptr) stream_->close();
  }
  bool pooled() const override { return pooled_; }
  std::int64_t connect_us() const override { return connect_us_; }

 private:
  Async<Result<void>> connect();
  Async<Result<void>> send_anew();
  void grant_time_again(MonoUs read_until);
  Async<IoResult> write_request();
  bool was_stale(const IoResult& end) const;
  Async<Result<void>> find_head(MonoUs deadline);
  Result<std::size_t> take_head();
  Result<std::string_view> take_chunks();
  std::string_view take_length();
  void finish();
  Fault write_fault(const IoResult& result) const;
  Fault head_fault(const IoResult& result) const;
  Fault body_fault(const IoResult& result) const;
  std::string name() const;

  std::shared_ptr<HttpPool> pool_;
  const Peer peer_;
  // The request, for as long as it may have to be sent again. The bytes of the body are the
  // caller's.
  std::string request_head_;
  std::vector<std::string_view> request_;
  MonoUs connect_deadline_;
  MonoUs send_deadline_;
  const MonoUs begun_us_;
  const bool to_head_;

  std::unique_ptr<Stream> stream_;
  bool pooled_ = false;
  bool replaced_ = false;
  bool given_up_ = false;
  MonoUs written_us_ = 0;      // when the request had been written
  bool write_failed_ = false;  // the peer may have answered before it had read all
  std::int64_t connect_us_ = -1;

  Buffer input_;
  std::string head_bytes_;
  ResponseHead head_;
  ChunkedReader chunks_;
  std::uint64_t left_ = 0;  // of a body whose length is known
  bool whole_ = false;
};

}  // namespace wye
