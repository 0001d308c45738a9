// StreamRelay: the state of one stream on its way from a provider to a client. Takes bytes in any
// portions, says when the commit point is reached, which bytes may go to the client, and whether
// the end was whole. Events of the client's own dialect are passed on as they came, those of
// another are written anew. Touches no socket; belongs to the request's coroutine.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "dialect/dialect.h"
#include "gateway/event_reader.h"
#include "gateway/limits.h"

namespace wye {

class StreamRelay {
 public:
  // Of the client's dialect. `pass_usage`: the client asked for the trailing usage event itself.
  StreamRelay(StreamFraming framing, std::unique_ptr<StreamReader> reader, bool pass_usage);
  // Of another dialect than the client's, which `writer` writes.
  StreamRelay(StreamFraming framing, std::unique_ptr<StreamReader> reader,
              std::unique_ptr<StreamWriter> writer);

  // Bytes of the provider. Faults: an error event, or an event beyond the size limit.
  Result<void> feed(std::string_view bytes);
  // The provider ended its body: whole when the model had finished, else a fault of kind cut.
  Result<void> end_of_body();
  // Reading failed. A model that had finished before needs no more bytes; else this is the fault.
  Result<void> broken(Fault fault);

  bool done() const { return done_; }
  bool has_token() const { return has_token_; }
  // Bytes wait that may go out: at the first token, or at an end without any.
  bool ready_to_write() const {
    return (has_token_ || done_) && !(held_.empty() && pieces_.empty());
  }
  // What to write now; valid until the next feed().
  std::span<const std::string_view> take_pieces();
  // The end of the stream: the provider's own end marker ("" when it sent none), or what the writer
  // makes of it.
  std::string take_last() { return std::move(last_); }

  // How long the next read may take.
  Limit limit(const AttemptLimits& limits, MonoUs now) const;
  std::int64_t output_bytes() const { return output_bytes_; }
  // Usage, finish reason, model and malformed events, for the outcome.
  void tell(Outcome& outcome) const;

 private:
  Result<void> take_event(const SseEvent& event);
  EventFacts read(const SseEvent& event);
  void close(std::string_view raw);
  void pass_on(std::string_view raw);
  void pass_on_without(std::string_view raw, std::string_view member);
  void forget_taken();

  std::unique_ptr<StreamReader> reader_;
  std::unique_ptr<StreamWriter> writer_;  // null: bytes are passed on
  bool pass_usage_ = false;
  EventReader events_;
  std::vector<Delta> deltas_;
  std::string written_;                   // by writer_, not yet handed out
  std::string held_;                      // before the first token
  std::vector<std::string_view> pieces_;  // views into events_
  bool taken_ = false;                    // pieces_ and held_ were handed out
  std::string last_;
  bool has_token_ = false;
  bool done_ = false;
  FinishReason finish_ = FinishReason::none;
  Usage usage_;
  std::string model_;
  std::int64_t output_bytes_ = 0;
  std::int64_t malformed_ = 0;
};

}  // namespace wye
