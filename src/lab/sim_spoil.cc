// Sim spoil: the faults that change what an answer says. See sim_chat.h.
#include "lab/sim_chat.h"

namespace wye {
namespace {

using Kind = SimFaultKind;

constexpr std::string_view no = "I'm sorry, but I can't help with that.";
constexpr std::string_view wrong_json = R"(["not","what","was","asked"])";

void decline(SimChoice& choice, DialectId dialect) {
  choice = SimChoice{};
  choice.declined = true;
  choice.content = cut_into_tokens(std::string(no));
  // Anthropic has a word for it; the others say it in the text, or in a part of its own.
  if (dialect == DialectId::anthropic) choice.finish = FinishReason::content_filter;
}

void halve(SimText& text) { text.truncate(text.tokens() / 2); }

// An accent on every e and a face behind every sentence: characters of two and of four bytes.
std::string with_accents(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == 'e')
      out += "\xc3\xa9";
    else if (c == '.')
      out += " \xf0\x9f\x99\x82.";
    else
      out += c;
  }
  return out;
}

void spoil_json(SimChoice& choice, bool cut) {
  const auto change = [cut](SimText& text) {
    if (text.tokens() == 0) return;
    if (cut)
      halve(text);
    else
      text = cut_into_tokens(std::string(wrong_json));
  };
  change(choice.content);
  for (SimToolCall& call : choice.calls) change(call.arguments);
}

}  // namespace

void spoil(SimChat& chat, SimFaultKind fault, DialectId dialect) {
  for (SimChoice& choice : chat.choices) {
    switch (fault) {
      case Kind::empty: choice = SimChoice{}; break;
      case Kind::content_filter:
        choice = SimChoice{};
        choice.finish = FinishReason::content_filter;
        break;
      case Kind::refusal: decline(choice, dialect); break;
      case Kind::truncated_json: spoil_json(choice, true); break;
      case Kind::wrong_json: spoil_json(choice, false); break;
      case Kind::split_utf8:
        choice.content = cut_into_tokens(with_accents(choice.content.text));
        break;
      default: break;
    }
  }
}

}  // namespace wye
