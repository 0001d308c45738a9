#include "gateway/seam.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace wye {
namespace {

// A model that continues may happen to begin as the answer did ("I ..."). One that repeats so many
// bytes of it has begun anew.
constexpr std::size_t repeated_bytes_min = 24;

std::size_t shared_prefix(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  const auto* end = std::mismatch(a.data(), a.data() + shorter, b.data()).first;
  return static_cast<std::size_t>(end - a.data());
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::size_t length_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

std::string_view whole_characters(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && text.size() - at < 3 && is_continuation(text[at - 1])) --at;
  if (at == 0) return text;
  const bool cut = at - 1 + length_of_character(text[at - 1]) > text.size();
  return cut ? text.substr(0, at - 1) : text;
}

bool is_blank(std::string_view text) { return std::all_of(text.begin(), text.end(), is_space); }

tl::unexpected<Fault> differs() {
  return fail(FaultKind::no_candidate,
              "it answers otherwise than what the client has the beginning of");
}

tl::unexpected<Fault> adds_nothing() {
  return fail(FaultKind::no_candidate,
              "it ends or refuses the answer where the other provider broke off, without going on "
              "with a word");
}

bool ends_it(const DeltaBody& body) {
  return std::holds_alternative<FinishDelta>(body) || std::holds_alternative<RefusalDelta>(body);
}

bool opens_or_thinks(const DeltaBody& body) {
  return std::holds_alternative<StartDelta>(body) || std::holds_alternative<ReasoningDelta>(body) ||
         std::holds_alternative<SignatureDelta>(body) || std::holds_alternative<ExtraDelta>(body);
}

// Of what comes before the seam, these say nothing that could differ.
bool is_bookkeeping(const DeltaBody& body) {
  return std::holds_alternative<UsageDelta>(body) || std::holds_alternative<PartEndDelta>(body) ||
         std::holds_alternative<LogprobsDelta>(body);
}

}  // namespace

bool can_go_on(const Answer& sent) {
  if (sent.choices.empty()) return true;
  if (sent.choices.size() > 1 || sent.choices.front().index != 0) return false;
  const Choice& choice = sent.choices.front();
  if (choice.finish != FinishReason::none || !choice.logprobs.empty()) return false;
  return std::all_of(choice.parts.begin(), choice.parts.end(), [](const Part& part) {
    return std::holds_alternative<Text>(part.body) || std::holds_alternative<Reasoning>(part.body);
  });
}

std::string_view prefix_to_continue(std::string_view sent) {
  sent = whole_characters(sent);
  while (!sent.empty() && is_space(sent.back())) sent.remove_suffix(1);
  return sent;
}

std::vector<Delta> deltas_of(const Answer& sent) {
  std::vector<Delta> out;
  out.push_back({0, StartDelta{sent.id, sent.model, sent.created}});
  if (sent.choices.empty()) return out;
  const std::vector<Part>& parts = sent.choices.front().parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out.push_back({0, PartEndDelta{}});
    const Part& part = parts[i];
    if (const auto* text = std::get_if<Text>(&part.body)) out.push_back({0, TextDelta{text->text}});
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
      if (!thought->encrypted) out.push_back({0, ReasoningDelta{thought->text, part.form}});
      if (!part.signature.empty())
        out.push_back({0, SignatureDelta{part.signature, thought->encrypted}});
    }
  }
  return out;
}

Seam::Seam(std::string sent, Resume how)
    : sent_(std::move(sent)),
      withheld_(sent_.substr(prefix_to_continue(sent_).size())),
      how_(how),
      joined_(sent_.empty()) {}

Result<void> Seam::take(Delta&& delta, std::vector<Delta>& out) {
  if (opens_or_thinks(delta.body)) return {};
  if (auto* text = std::get_if<TextDelta>(&delta.body); text != nullptr && !joined_) {
    return take_text(std::move(text->text), out);
  }
  if (!joined_ && std::holds_alternative<UsageDelta>(delta.body)) {
    out.push_back(std::move(delta));
    return {};
  }
  if (!joined_ && is_bookkeeping(delta.body)) return {};
  if (!joined_) {
    Result<void> joined = ends_it(delta.body) ? end(out) : force(out);
    if (!joined) return joined;
  }
  out.push_back(std::move(delta));
  return {};
}

Result<void> Seam::end(std::vector<Delta>& out) {
  if (joined_) return {};
  // What broke off was hardly at its end: a cut answer must not pass for a whole one.
  if (is_blank(new_text())) return adds_nothing();
  return force(out);
}

Result<void> Seam::take_text(std::string&& text, std::vector<Delta>& out) {
  heard_ += text;
  return decide(out);
}

// Joins as soon as it is plain where the new text begins; until then everything is held.
Result<void> Seam::decide(std::vector<Delta>& out) {
  const std::size_t same = shared_prefix(heard_, sent_);
  if (same == sent_.size()) {
    join(std::string_view(heard_).substr(same), out);
    return {};
  }
  if (same == heard_.size() || is_blank(new_text())) return {};
  if (how_ == Resume::again || same >= repeated_bytes_min) return differs();
  join(new_text(), out);
  return {};
}

// The answer ends, or does something else than speak, before it was plain.
Result<void> Seam::force(std::vector<Delta>& out) {
  if (how_ == Resume::again || heard_.size() >= repeated_bytes_min) return differs();
  join(new_text(), out);
  return {};
}

std::string_view Seam::new_text() const {
  return std::string_view(heard_).substr(shared_prefix(heard_, withheld_));
}

void Seam::join(std::string_view rest, std::vector<Delta>& out) {
  if (!rest.empty()) out.push_back({0, TextDelta{std::string(rest)}});
  joined_ = true;
  std::string().swap(heard_);
}

}  // namespace wye
