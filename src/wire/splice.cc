#include "wire/splice.h"

#include <algorithm>

#include "base/text.h"
#include "wire/json.h"

namespace wye {
namespace {

// The first place from `at` on that is no white space.
std::size_t skip_space(std::string_view body, std::size_t at) {
  while (at < body.size() && is_space(body[at])) ++at;
  return at;
}

// The last place before `at` that is no white space.
std::size_t skip_space_back(std::string_view body, std::size_t at) {
  while (at > 0 && is_space(body[at - 1])) --at;
  return at > 0 ? at - 1 : 0;
}

bool has_at(std::string_view body, std::size_t at, char c) {
  return at < body.size() && body[at] == c;
}

// A run of members with the comma before it; with the one after it when it stands first.
JsonSpan with_comma(std::string_view body, JsonSpan run) {
  const std::size_t before = skip_space_back(body, run.offset);
  if (has_at(body, before, ',')) return {before, run.end() - before};
  const std::size_t after = skip_space(body, run.end());
  if (!has_at(body, after, ',')) return run;
  return {run.offset, skip_space(body, after + 1) - run.offset};
}

}  // namespace

void Edits::add(Kind kind, JsonSpan span, std::size_t text_begin) {
  const auto before = [](const Edit& a, const Edit& b) {
    return a.span.offset != b.span.offset ? a.span.offset < b.span.offset : a.kind < b.kind;
  };
  const Edit edit{span, {text_begin, texts_.size() - text_begin}, kind};
  edits_.insert(std::upper_bound(edits_.begin(), edits_.end(), edit, before), edit);
}

void Edits::replace(JsonSpan span, std::string_view json) {
  const std::size_t text_begin = texts_.size();
  texts_ += json;
  add(Kind::replace, span, text_begin);
}

void Edits::remove_member(JsonSpan member) { add(Kind::remove, member, texts_.size()); }

void Edits::insert_member(std::size_t object_offset, std::string_view name, std::string_view json) {
  const std::size_t text_begin = texts_.size();
  append_json_string(texts_, name);
  texts_ += ':';
  texts_ += json;
  add(Kind::insert, {object_offset + 1, 0}, text_begin);
}

void Edits::clear() {
  edits_.clear();
  texts_.clear();
}

// Members that go and stand side by side are one run, so that the commas between them are nobody's
// in particular. Gives the place after the last of the run that begins with edit `first`.
std::size_t Edits::end_of_run(std::string_view body, std::size_t first) const {
  std::size_t end = edits_[first].span.end();
  for (std::size_t i = first + 1;; ++i) {
    const std::size_t comma = skip_space(body, end);
    if (!has_at(body, comma, ',')) return end;
    const std::size_t next_member = skip_space(body, comma + 1);
    while (i < edits_.size() && edits_[i].span.offset < next_member) ++i;
    const bool goes =
        i < edits_.size() && edits_[i].span.offset == next_member && edits_[i].kind == Kind::remove;
    if (!goes) return end;
    end = edits_[i].span.end();
  }
}

// Whether the object that edit `insert` puts a member into has one that stays.
bool Edits::leaves_member(std::string_view body, std::size_t insert) const {
  const std::size_t first_member = skip_space(body, edits_[insert].span.offset);
  if (has_at(body, first_member, '}')) return false;
  for (std::size_t i = insert + 1; i < edits_.size(); ++i) {
    if (edits_[i].kind != Kind::remove || edits_[i].span.offset != first_member) continue;
    return !has_at(body, skip_space(body, end_of_run(body, i)), '}');
  }
  return true;
}

Edits::Cut Edits::cut_of(std::string_view body, std::size_t edit) const {
  const JsonSpan span = edits_[edit].span;
  Cut cut{span, edits_[edit].text.in(texts_)};
  if (edits_[edit].kind == Kind::remove)
    cut.span = with_comma(body, {span.offset, end_of_run(body, edit) - span.offset});
  if (edits_[edit].kind == Kind::insert) {
    const bool another = edit + 1 < edits_.size() && edits_[edit + 1].kind == Kind::insert &&
                         edits_[edit + 1].span.offset == span.offset;
    cut.comma = another || leaves_member(body, edit);
  }
  return cut;
}

// What has to be done, without overlaps.
std::vector<Edits::Cut> Edits::cuts(std::string_view body) const {
  std::vector<Cut> out;
  out.reserve(edits_.size());
  std::size_t done = 0;
  for (std::size_t i = 0; i < edits_.size(); ++i) {
    if (edits_[i].span.offset < done) continue;
    out.push_back(cut_of(body, i));
    done = out.back().span.end();
  }
  return out;
}

std::string Edits::apply(std::string_view body) const {
  const std::vector<Cut> todo = cuts(body);
  std::size_t size = body.size();
  for (const Cut& cut : todo) size += cut.text.size() + (cut.comma ? 1 : 0) - cut.span.length;
  std::string out;
  out.reserve(size);
  std::size_t at = 0;
  for (const Cut& cut : todo) {
    out += body.substr(at, cut.span.offset - at);
    out += cut.text;
    if (cut.comma) out += ',';
    at = cut.span.end();
  }
  out += body.substr(at);
  return out;
}

}  // namespace wye
