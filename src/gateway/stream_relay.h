// StreamRelay: the state of one stream on its way from a provider to a client. Takes bytes in any
// portions, says when the commit point is reached, which bytes may go to the client, and whether
// the end was whole. Events of the client's own dialect are passed on as they came; those of
// another, and those that go on with a broken answer, are written anew. Touches no socket; belongs
// to the request's coroutine.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/answer.h"
#include "core/outcome.h"
#include "core/rules.h"
#include "dialect/dialect.h"
#include "gateway/event_reader.h"
#include "gateway/limits.h"
#include "gateway/seam.h"

namespace wye {

// Of an answer beyond server.limits.answer: nobody else is asked for one as long, and it says
// nothing of its provider.
Fault answer_too_long();

// What a StreamRelay is made of.
struct StreamSetup {
  StreamFraming framing = StreamFraming::sse;
  std::unique_ptr<StreamReader> reader;
  // Null: the events are of the client's dialect and are passed on as they came.
  std::unique_ptr<StreamWriter> writer;
  bool pass_usage = false;  // the client asked for the trailing usage event itself
  int choices = 1;          // as many must say why they stopped
  StreamRules rules;
  std::size_t held_bytes_max = 0;  // of what is held until the commit point
  bool remember = false;           // passed() is wanted
  // Goes on with an answer whose beginning, `passed`, the client has: `writer` has written it.
  std::optional<Seam> seam;
  AnswerFold passed;
};

class StreamRelay {
 public:
  explicit StreamRelay(StreamSetup setup);

  // Bytes of the provider. Faults: an error event, or an event beyond the size limit. What came
  // before the fault may be written still.
  Result<void> feed(std::string_view bytes);
  // The provider ended its body: whole when the model had finished, else a fault of kind cut; or
  // invalid_output, when it has no events at all, as a web page has none.
  Result<void> end_of_body();
  // Reading failed. A model that had finished before needs no more bytes; else this is the fault.
  Result<void> broken(Fault fault);

  bool done() const { return done_; }
  bool has_token() const { return has_token_; }
  // The model said why it stopped; perhaps it said nothing else.
  bool finished() const { return finish_ != FinishReason::none; }
  // The commit point is reached, or the answer is whole.
  bool is_open() const { return open_ || done_; }
  // Bytes wait that may go out.
  bool ready_to_write() const {
    return is_open() && !taken_ && !(held_.empty() && pieces_.empty());
  }
  // Waits for the end of its window, which began with the first token.
  bool in_window() const { return has_token_ && !open_ && rules_.commit == Commit::window; }
  void end_window() { open_ = true; }
  // Nothing of it goes out before all of it can.
  bool held_whole() const { return rules_.commit == Commit::validated && !seam_; }
  // What to write now; valid until the next feed().
  std::span<const std::string_view> take_pieces();
  // The end of the stream: the provider's own end marker ("" when it sent none), or what the writer
  // makes of it.
  std::string take_last() { return std::move(last_); }

  // How long the next read may take.
  Limit limit(const AttemptLimits& limits, MonoUs now) const;
  std::int64_t output_bytes() const { return output_bytes_; }
  // What was passed on so far, or is held; nothing when it is not remembered.
  std::optional<Answer> passed();
  // Usage, finish reason, model and malformed events, for the outcome.
  void tell(Outcome& outcome) const;

 private:
  Result<void> take_event(const SseEvent& event);
  EventFacts read(const SseEvent& event);
  Result<void> take_deltas();
  void pass_deltas();
  void remember_text();
  void forget_passed();
  void look_whether_open();
  void hold();
  Result<void> close(std::string_view raw);
  void pass_on(std::string_view raw);
  void pass_on_without(std::string_view raw, std::string_view member);
  void forget_taken();
  bool all_finished() const { return finish_ != FinishReason::none && finishes_ >= choices_; }

  std::unique_ptr<StreamReader> reader_;
  std::unique_ptr<StreamWriter> writer_;
  bool pass_usage_ = false;
  StreamRules rules_;
  std::size_t held_bytes_max_;
  bool remember_ = false;
  std::optional<Seam> seam_;
  AnswerFold passed_;
  std::string said_;  // after what passed_ has
  EventReader events_;
  std::vector<Delta> deltas_;
  std::vector<Delta> joined_;             // behind the seam
  std::string written_;                   // by writer_, not yet handed out
  std::string held_;                      // before the commit point
  std::vector<std::string_view> pieces_;  // views into events_
  bool taken_ = false;                    // pieces_ and held_ were handed out
  std::string last_;
  bool has_event_ = false;
  bool has_token_ = false;
  bool open_ = false;
  bool done_ = false;
  FinishReason finish_ = FinishReason::none;
  const int choices_;
  int finishes_ = 0;  // of choices
  Usage usage_;
  std::string model_;
  std::int64_t output_bytes_ = 0;
  std::int64_t malformed_ = 0;
};

}  // namespace wye
