#include "gateway/stream_relay.h"

#include <utility>

#include "wire/sse.h"

namespace wye {
namespace {

// One event may carry a whole tool call or an inline image.
constexpr std::size_t event_bytes_max = 8 << 20;
// Nothing but roles and filter results comes before the first token.
constexpr std::size_t preamble_bytes_max = 64 << 10;
// More text than this is not remembered: an answer of that length cannot be gone on with.
constexpr std::int64_t remembered_bytes_max = 64 << 10;
// After the model said that it finished, the end marker and the usage should follow at once.
constexpr DurationMs end_patience_ms = 2'000;

}  // namespace

Fault answer_too_long() {
  Fault long_answer = fault(FaultKind::too_large,
                            "the provider's answer is longer than server.limits.answer; ask for a "
                            "shorter one, or raise the limit");
  long_answer.status = 502;
  return long_answer;
}

StreamRelay::StreamRelay(StreamSetup setup)
    : reader_(std::move(setup.reader)),
      writer_(std::move(setup.writer)),
      pass_usage_(setup.pass_usage),
      rules_(setup.rules),
      held_bytes_max_(setup.held_bytes_max),
      remember_(setup.remember),
      seam_(std::move(setup.seam)),
      passed_(std::move(setup.passed)),
      events_(setup.framing, event_bytes_max),
      open_(seam_.has_value()),
      choices_(setup.choices) {
  // What is kept only to be gone on with is text. What is judged is kept as it is.
  if (!writer_ && rules_.commit != Commit::validated) reader_->prefer_text();
}

Result<void> StreamRelay::feed(std::string_view bytes) {
  forget_taken();
  events_.feed(bytes);
  SseEvent event;
  Result<void> taken;
  while (taken && !done_) {
    Result<bool> found = events_.next(event);
    if (!found) {
      taken = fail(std::move(found.error()));
    } else if (!*found) {
      break;
    } else {
      taken = take_event(event);
    }
  }
  if (!written_.empty()) pieces_.push_back(written_);
  look_whether_open();
  if (!is_open()) hold();
  if (!taken) return taken;
  if (!has_token_ && held_.size() > preamble_bytes_max) {
    return fail(FaultKind::invalid_output, "the stream goes on and on without a first token");
  }
  if (held_.size() > held_bytes_max_) {
    return fail(answer_too_long());
  }
  return {};
}

void StreamRelay::look_whether_open() {
  if (!has_token_ || rules_.commit == Commit::validated) return;
  open_ = open_ || rules_.commit == Commit::first_token ||
          output_bytes_ >= rules_.window_tokens * bytes_per_token;
}

// Views die with the next feed; what may not go out yet is copied.
void StreamRelay::hold() {
  for (const std::string_view piece : pieces_) held_.append(piece);
  pieces_.clear();
  written_.clear();
}

void StreamRelay::forget_taken() {
  if (!std::exchange(taken_, false)) return;
  pieces_.clear();
  held_.clear();
  written_.clear();
}

EventFacts StreamRelay::read(const SseEvent& event) {
  const bool facts_only = !writer_ && !remember_;
  return reader_->read(event, facts_only ? nullptr : &deltas_);
}

// Remembers and writes what an event said.
Result<void> StreamRelay::take_deltas() {
  Result<void> joined;
  if (seam_) {
    joined_.clear();
    for (Delta& delta : deltas_) {
      if (joined) joined = seam_->take(std::move(delta), joined_);
    }
    deltas_.swap(joined_);
  }
  pass_deltas();
  return joined;
}

void StreamRelay::pass_deltas() {
  if (!deltas_.empty()) remember_text();
  for (const Delta& delta : deltas_) {
    if (remember_) passed_.add(delta);
    if (writer_) writer_->write(delta, written_);
  }
  deltas_.clear();
}

// What came as text goes where the deltas are.
void StreamRelay::remember_text() {
  if (!said_.empty()) passed_.add({0, TextDelta{std::exchange(said_, {})}});
}

void StreamRelay::forget_passed() {
  remember_ = false;
  said_ = {};
  passed_ = AnswerFold();
}

std::optional<Answer> StreamRelay::passed() {
  if (!remember_) return std::nullopt;
  remember_text();
  return passed_.answer();
}

// The stream is whole, unless it goes on with an answer and has not. `raw` is the provider's end
// marker, "" when it sent none.
Result<void> StreamRelay::close(std::string_view raw) {
  if (seam_) {
    if (Result<void> ended = seam_->end(deltas_); !ended) return ended;
    pass_deltas();
  }
  done_ = true;
  last_ = raw;
  if (!writer_) return {};
  last_.clear();
  writer_->finish(last_);
  return {};
}

Result<void> StreamRelay::take_event(const SseEvent& event) {
  // A web page has lines without a field as well, which are no comments.
  has_event_ = has_event_ || !event.comment_only || event.raw.starts_with(':');
  if (event.comment_only) {
    if (has_token_ && !writer_) pass_on(event.raw);
    return {};
  }
  EventFacts facts = read(event);
  if (facts.fault || facts.malformed) deltas_.clear();
  if (facts.fault) return fail(std::move(*facts.fault));
  if (facts.malformed) {
    ++malformed_;
    return {};
  }
  if (facts.usage) usage_ = *facts.usage;
  if (facts.finish != FinishReason::none) {
    finish_ = facts.finish;
    ++finishes_;
  }
  if (model_.empty() && !facts.model.empty()) model_ = facts.model;
  output_bytes_ += facts.output_bytes;
  if (rules_.commit != Commit::validated && output_bytes_ > remembered_bytes_max) forget_passed();
  has_token_ = has_token_ || facts.content;
  if (remember_) said_.append(facts.text);
  if (Result<void> taken = take_deltas(); !taken) return taken;
  if (facts.done) {
    if (Result<void> closed = close(event.raw); !closed) return closed;
    if (finish_ == FinishReason::none && !has_token_) {
      return fail(FaultKind::invalid_output, "the stream ended without an answer");
    }
  } else if (!writer_ && (pass_usage_ || !facts.usage_only)) {
    pass_on_without(event.raw, pass_usage_ ? std::string_view() : facts.unasked);
  }
  return {};
}

// `member` is a view into `raw`, unless the event came in several lines.
void StreamRelay::pass_on_without(std::string_view raw, std::string_view member) {
  const bool within = !member.empty() && member.data() >= raw.data() &&
                      member.data() + member.size() <= raw.data() + raw.size();
  if (!within) return pass_on(raw);
  const auto at = static_cast<std::size_t>(member.data() - raw.data());
  pass_on(raw.substr(0, at));
  pass_on(raw.substr(at + member.size()));
}

// Neighbours in the buffer become one piece, so that a read full of events costs one write.
void StreamRelay::pass_on(std::string_view raw) {
  if (!pieces_.empty() && pieces_.back().data() + pieces_.back().size() == raw.data()) {
    pieces_.back() = std::string_view(pieces_.back().data(), pieces_.back().size() + raw.size());
  } else {
    pieces_.push_back(raw);
  }
}

Result<void> StreamRelay::end_of_body() {
  forget_taken();
  SseEvent event;
  Result<bool> found = events_.finish(event);
  if (!found) return fail(std::move(found.error()));
  if (*found) {
    const bool closed = event.raw.ends_with("\n\n") || event.raw.ends_with("\r\n\r\n");
    const std::size_t pieces_before = pieces_.size();
    if (Result<void> taken = take_event(event); !taken) return taken;
    // A provider may leave the last blank line out.
    if (!closed && pieces_.size() > pieces_before) pieces_.push_back(sse_event_end);
    if (!closed && !writer_ && !last_.empty()) last_.append(sse_event_end);
  }
  if (!written_.empty()) pieces_.push_back(written_);
  if (!is_open()) hold();
  if (done_) return {};
  if (!has_event_) return fail(FaultKind::invalid_output, "the answer is no stream of events");
  return broken(fault(FaultKind::cut, "the stream ended before the answer was whole"));
}

Result<void> StreamRelay::broken(Fault fault) {
  forget_taken();
  if (!all_finished()) return fail(std::move(fault));
  return close("");
}

std::span<const std::string_view> StreamRelay::take_pieces() {
  if (!held_.empty()) pieces_.insert(pieces_.begin(), held_);
  taken_ = true;
  return pieces_;
}

Limit StreamRelay::limit(const AttemptLimits& limits, MonoUs now) const {
  if (!has_token_) return limits.first_token();
  Limit silence = limits.silence(now);
  if (all_finished()) {
    silence = silence.or_before(now + end_patience_ms * 1000, FaultKind::stall);
  }
  return silence;
}

void StreamRelay::tell(Outcome& outcome) const {
  outcome.usage = usage_;
  outcome.finish = finish_;
  outcome.provider_model = model_;
  outcome.events_malformed = malformed_;
}

}  // namespace wye
