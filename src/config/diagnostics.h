// Diagnostic: one thing that is wrong, or worth knowing, in a configuration file, with its place
// and what to do about it; and the two ways to show them: for people, with the source line and a
// caret, and as JSON. The codes and their explanations are in codes.h.
//
// Owned by whoever loads a file; used on one thread at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/codes.h"
#include "core/where.h"

namespace wye::config {

// What to do about it: in words, and where a slip can be one thing only, what is to be written.
struct Advice {
  std::string text;          // "" when the message says it all
  std::string wrong, right;  // for `wye check --fix`; "" when it is not certain
  Advice() = default;
  Advice(std::string words) : text(std::move(words)) {}
  Advice(const char* words) : text(words) {}
};

struct Diagnostic {
  Code code = Code::syntax;
  Severity severity = Severity::error;
  Where where;               // of what is underlined; line 0: the file as a whole
  int length = 1;            // bytes to underline
  std::string message;       // what is wrong
  std::string suggestion;    // what to do, "" when the message says it all
  std::string wrong, right;  // as in Advice
};

// Collects what the readers find. The severity is the one in the table of codes unless a reader
// says otherwise.
class Diagnostics {
 public:
  Diagnostic& add(Code code, Where where, std::size_t length, std::string message,
                  Advice advice = {});
  bool has_errors() const;
  int count(Severity severity) const;
  std::vector<Diagnostic>& all() { return list_; }
  const std::vector<Diagnostic>& all() const { return list_; }
  // In the order of the file, errors before warnings on the same place, equal ones once.
  void sort();

 private:
  std::vector<Diagnostic> list_;
};

// What the summary line says besides the counts of errors and warnings.
struct Summary {
  int models = 0;
  int tasks = 0;
  double took_ms = 0;
  bool online = false;  // the providers were asked, too
};

// "did you mean "x"?" for the suggestion, "" when nothing is near.
std::string did_you_mean(std::string_view nearest);
// The one candidate that `word` can be a slip of the keyboard for: two edits away at most, while
// nearest() would suggest no other. "" when there is none, or a choice.
std::string_view only_near(std::string_view word, std::span<const std::string_view> candidates);
// did_you_mean() of the candidate nearest to `word`; certain when it can be no other.
Advice did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
Advice did_you_mean(std::string_view word, std::span<const std::string> candidates);

// The text as a terminal may have it: what a terminal would obey (controls other than tab), and
// bytes that are no UTF-8, are written out, ESC as \x1b.
std::string printable(std::string_view text);

// `shown_text` is the source with its secrets masked; the lines printed come from it.
std::string format_text(const std::vector<Diagnostic>& list, std::string_view path,
                        std::string_view shown_text);
std::string format_summary(const std::vector<Diagnostic>& list, const Summary& summary);
// {"file":..,"ok":..,"errors":n,"warnings":n,"models":n,"tasks":n,"took_ms":x,"diagnostics":[..]}
// and "online" with what the providers said, which is JSON already, unless it is "".
std::string format_json(const std::vector<Diagnostic>& list, std::string_view path,
                        const Summary& summary, std::string_view online = {});

}  // namespace wye::config
