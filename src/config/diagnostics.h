// Diagnostic: one thing that is wrong, or worth knowing, in a configuration file, with its place
// and what to do about it; and the two ways to show them: for people, with the source line and a
// caret, and as JSON. The codes and their explanations are in codes.h.
//
// Owned by whoever loads a file; used on one thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/codes.h"
#include "core/where.h"

namespace wye::config {

struct Diagnostic {
  Code code = Code::syntax;
  Severity severity = Severity::error;
  Where where;             // of what is underlined; line 0: the file as a whole
  int length = 1;          // bytes to underline
  std::string message;     // what is wrong
  std::string suggestion;  // what to do, "" when the message says it all
};

// Collects what the readers find. The severity is the one in the table of codes unless a reader
// says otherwise.
class Diagnostics {
 public:
  Diagnostic& add(Code code, Where where, std::size_t length, std::string message,
                  std::string suggestion = {});
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
};

// "did you mean "x"?" for the suggestion, "" when nothing is near.
std::string did_you_mean(std::string_view nearest);

// `shown_text` is the source with its secrets masked; the lines printed come from it.
std::string format_text(const std::vector<Diagnostic>& list, std::string_view path,
                        std::string_view shown_text);
std::string format_summary(const std::vector<Diagnostic>& list, const Summary& summary);
// {"file":..,"ok":..,"errors":n,"warnings":n,"models":n,"tasks":n,"took_ms":x,"diagnostics":[..]}
std::string format_json(const std::vector<Diagnostic>& list, std::string_view path,
                        const Summary& summary);

}  // namespace wye::config
