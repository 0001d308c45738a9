#include "config/correct.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace wye::config {
namespace {

// Enough for a misspelling in every level of the document.
constexpr int rounds_max = 8;

int errors_of(const LoadResult& result) {
  return static_cast<int>(
      std::count_if(result.diagnostics.begin(), result.diagnostics.end(),
                    [](const Diagnostic& one) { return one.severity == Severity::error; }));
}

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') starts.push_back(at + 1);
  }
  return starts;
}

struct Edit {
  std::size_t at = 0;
  const Diagnostic* what = nullptr;
};

// Where the wrong word stands: at the place of the diagnostic, or after the quote that is there.
std::optional<std::size_t> place_of_word(const Diagnostic& one, std::string_view text,
                                         const std::vector<std::size_t>& starts) {
  if (one.wrong.empty() || one.severity != Severity::error) return std::nullopt;
  const auto line = static_cast<std::size_t>(one.where.line);
  if (line < 1 || line > starts.size() || one.where.column < 1) return std::nullopt;
  std::size_t at = starts[line - 1] + static_cast<std::size_t>(one.where.column) - 1;
  if (at >= text.size()) return std::nullopt;
  if (text[at] == '"' || text[at] == '\'') ++at;
  if (text.substr(at, one.wrong.size()) != one.wrong) return std::nullopt;
  return at;
}

// A line of a file that a terminal is shown.
std::string printed_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return printable(line);
}

}  // namespace

int apply_advice(std::span<const Diagnostic> diagnostics, std::string& text) {
  const std::vector<std::size_t> starts = line_starts(text);
  std::vector<Edit> edits;
  for (const Diagnostic& one : diagnostics) {
    if (const auto at = place_of_word(one, text, starts)) edits.push_back({*at, &one});
  }
  // From the end, so that the places of the others stay right.
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.at > b.at; });
  int applied = 0;
  std::size_t untouched = text.size();
  for (const Edit& edit : edits) {
    if (edit.at + edit.what->wrong.size() > untouched) continue;
    text.replace(edit.at, edit.what->wrong.size(), edit.what->right);
    untouched = edit.at;
    ++applied;
  }
  return applied;
}

Correction correct(std::string_view text, std::string_view path, const Catalog& catalog,
                   const Environment& environment, const LoadOptions& options) {
  Correction made;
  made.text = text;
  made.before = load(text, path, catalog, environment, options);
  made.after = made.before;
  for (int round = 0; round < rounds_max; ++round) {
    const int applied = apply_advice(made.after.diagnostics, made.text);
    if (applied == 0) break;
    made.corrected += applied;
    made.after = load(made.text, path, catalog, environment, options);
  }
  if (errors_of(made.after) <= errors_of(made.before)) return made;
  made.text = text;
  made.corrected = 0;
  made.after = made.before;
  return made;
}

std::string diff_lines(std::string_view before, std::string_view after, std::string_view path) {
  const std::vector<std::string_view> old_lines = split(before, '\n');
  const std::vector<std::string_view> new_lines = split(after, '\n');
  std::string out = fmt::format("--- {0}\n+++ {0}\n", path);
  for (std::size_t i = 0; i < std::min(old_lines.size(), new_lines.size()); ++i) {
    if (old_lines[i] == new_lines[i]) continue;
    out += fmt::format("@@ -{0} +{0} @@\n-{1}\n+{2}\n", i + 1, printed_line(old_lines[i]),
                       printed_line(new_lines[i]));
  }
  return out;
}

}  // namespace wye::config
