// Collecting and printing diagnostics; see diagnostics.h.
#include "config/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "base/text.h"
#include "wire/char_class.h"
#include "wire/json.h"

namespace wye::config {
namespace {

// Longer source lines are cut around the caret, so that one flow map does not fill the screen.
constexpr std::size_t shown_columns_max = 160;

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const std::size_t at = text.find('\n');
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  std::string_view found = text.substr(0, text.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Terminals obey these: below the blank, the delete byte, and those from U+0080 to U+009F.
bool is_obeyed(std::uint32_t code_point) {
  return (code_point < 0x20 && code_point != '\t') || (code_point >= 0x7F && code_point < 0xA0);
}

// What char_at() calls a character of one byte need not be UTF-8.
bool is_printable(const CharAt& one, char first) {
  const bool valid = one.length > 1 || static_cast<unsigned char>(first) < 0x80;
  return valid && !is_obeyed(one.code_point);
}

// The blanks that put the caret under a byte of the printed line: one a code point, tabs kept as
// tabs.
std::string blanks_under(std::string_view before) {
  std::string out;
  for (const char c : printable(before)) {
    if (c == '\t') {
      out.push_back('\t');
    } else if (starts_code_point(c)) {
      out.push_back(' ');
    }
  }
  return out;
}

std::string carets_under(std::string_view marked) {
  const std::string printed = printable(marked);
  const auto count = std::count_if(printed.begin(), printed.end(), starts_code_point);
  return std::string(static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, count)), '^');
}

// The line with its caret line; nothing when the place is not in the text.
std::string excerpt(const Diagnostic& diagnostic, std::string_view shown_text) {
  const std::string_view line = line_of(shown_text, diagnostic.where.line);
  const auto column = static_cast<std::size_t>(std::max(1, diagnostic.where.column) - 1);
  if (line.empty() || column > line.size()) return {};
  std::size_t from = 0;
  if (line.size() > shown_columns_max && column > shown_columns_max / 2)
    from = column - shown_columns_max / 2;
  while (from > 0 && !starts_code_point(line[from])) --from;
  std::size_t to = std::min(line.size(), from + shown_columns_max);
  while (to < line.size() && !starts_code_point(line[to])) ++to;
  const auto length = static_cast<std::size_t>(std::max(1, diagnostic.length));
  std::size_t end = column + std::min(length, to - std::min(to, column));
  while (end < to && !starts_code_point(line[end])) ++end;
  return fmt::format("{:5} | {}{}{}\n      | {}{}{}\n", diagnostic.where.line, from > 0 ? "…" : "",
                     printable(line.substr(from, to - from)), to < line.size() ? "…" : "",
                     from > 0 ? " " : "", blanks_under(line.substr(from, column - from)),
                     carets_under(line.substr(column, end - column)));
}

int count_of(const std::vector<Diagnostic>& list, Severity severity) {
  return static_cast<int>(
      std::count_if(list.begin(), list.end(),
                    [severity](const Diagnostic& one) { return one.severity == severity; }));
}

}  // namespace

Diagnostic& Diagnostics::add(Code code, Where where, std::size_t length, std::string message,
                             Advice advice) {
  list_.push_back({code, info(code).severity, where,
                   static_cast<int>(std::min<std::size_t>(length, 4096)), std::move(message),
                   std::move(advice.text), std::move(advice.wrong), std::move(advice.right)});
  return list_.back();
}

int Diagnostics::count(Severity severity) const { return count_of(list_, severity); }
bool Diagnostics::has_errors() const { return count(Severity::error) > 0; }

void Diagnostics::sort() {
  const auto key = [](const Diagnostic& one) {
    return std::tie(one.where.line, one.where.column, one.severity, one.code, one.message);
  };
  std::sort(list_.begin(), list_.end(),
            [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  const auto last =
      std::unique(list_.begin(), list_.end(),
                  [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
  list_.erase(last, list_.end());
}

std::string did_you_mean(std::string_view nearest) {
  return nearest.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", nearest);
}

std::string_view only_near(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t slip_max = 2;
  const std::string_view near = nearest(word, candidates);
  if (near.empty() || edit_distance(word, near) > slip_max) return {};
  std::vector<std::string_view> others(candidates.begin(), candidates.end());
  std::erase(others, near);
  return nearest(word, others).empty() ? near : std::string_view{};
}

Advice did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  Advice advice = did_you_mean(nearest(word, candidates));
  advice.right = only_near(word, candidates);
  if (!advice.right.empty()) advice.wrong = word;
  return advice;
}

Advice did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return did_you_mean(word, views);
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CharAt one = char_at(text, 0);
    const std::string_view bytes = text.substr(0, one.length);
    text.remove_prefix(bytes.size());
    if (is_printable(one, bytes.front())) {
      out += bytes;
      continue;
    }
    for (const char c : bytes) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string format_text(const std::vector<Diagnostic>& list, std::string_view path,
                        std::string_view shown_text) {
  std::string out;
  for (const Diagnostic& one : list) {
    out += path;
    if (one.where.line > 0) out += fmt::format(":{}:{}", one.where.line, one.where.column);
    out += fmt::format(" {} {} {}", to_string(one.severity), format_code(one.code),
                       printable(one.message));
    if (!one.suggestion.empty()) out += " · " + printable(one.suggestion);
    out.push_back('\n');
    if (one.where.line > 0) out += excerpt(one, shown_text);
  }
  return out;
}

std::string format_summary(const std::vector<Diagnostic>& list, const Summary& summary) {
  return fmt::format(
      "{}, {} · {}, {} checked {} in {} ms\n", plural(count_of(list, Severity::error), "error"),
      plural(count_of(list, Severity::warning), "warning"), plural(summary.models, "model"),
      plural(summary.tasks, "task"), summary.online ? "online" : "offline",
      summary.took_ms < 1 ? fmt::format("{:.1f}", summary.took_ms)
                          : fmt::format("{:.0f}", summary.took_ms));
}

std::string format_json(const std::vector<Diagnostic>& list, std::string_view path,
                        const Summary& summary, std::string_view online) {
  std::string out;
  JsonWriter json(out);
  const int errors = count_of(list, Severity::error);
  json.begin_object().field("file", path).field("ok", errors == 0).field("errors", errors);
  json.field("warnings", count_of(list, Severity::warning));
  json.field("models", summary.models)
      .field("tasks", summary.tasks)
      .field("took_ms", summary.took_ms);
  json.key("diagnostics").begin_array();
  for (const Diagnostic& one : list) {
    json.begin_object()
        .field("code", format_code(one.code))
        .field("severity", to_string(one.severity));
    json.field("line", one.where.line)
        .field("column", one.where.column)
        .field("length", one.length);
    json.field("message", one.message).field("suggestion", one.suggestion).end_object();
  }
  json.end_array();
  if (!online.empty()) json.key("online").raw(online);
  json.end_object();
  out.push_back('\n');
  return out;
}

}  // namespace wye::config
