// Seam: joins the stream of one provider to the beginning of an answer that another one sent before
// it broke, so that the client reads one text. Pure; belongs to the coroutine of one attempt.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/answer.h"
#include "core/outcome.h"

namespace wye {

// Whether somebody else can go on with what was sent: text of one choice, after reasoning perhaps.
// A tool call, a refusal or several choices cannot be joined.
bool can_go_on(const Answer& sent);

// The text of `sent` as a model may be given it to continue: whole characters, and no space at the
// end, which some providers refuse and others trip over.
std::string_view prefix_to_continue(std::string_view sent);

// The pieces that spell `sent` again, for a writer that shall go on after it.
std::vector<Delta> deltas_of(const Answer& sent);

class Seam {
 public:
  // `sent` is the text that the client has. Resume::prefix: the model was given it to continue, and
  // is believed whatever it goes on with, unless it begins anew and differs. Resume::again: it must
  // say the same first.
  Seam(std::string sent, Resume how);

  // Appends to `out` what is new to the client. What opens an answer, and its reasoning, the client
  // had already. A Fault of kind no_candidate: this answer cannot be joined, or ends without having
  // added a word.
  Result<void> take(Delta&& delta, std::vector<Delta>& out);
  // The stream ends, perhaps without having said why. Faults as from take().
  Result<void> end(std::vector<Delta>& out);

 private:
  Result<void> take_text(std::string&& text, std::vector<Delta>& out);
  Result<void> decide(std::vector<Delta>& out);
  Result<void> force(std::vector<Delta>& out);
  // What was heard of a model that goes on where its prefix ended.
  std::string_view new_text() const;
  void join(std::string_view rest, std::vector<Delta>& out);

  std::string sent_;
  std::string withheld_;  // the end of sent_ that the model was not given
  Resume how_;
  std::string heard_;  // before the seam
  bool joined_ = false;
};

}  // namespace wye
