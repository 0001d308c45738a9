// Signature, on its way through a client of another dialect. A client returns what it was given in
// its own signature field (Anthropic's thinking.signature, Gemini's thoughtSignature, OpenAI's
// encrypted_content), or in the id of a tool call where it has no such field. Marked with its maker
// it finds the way back to whoever can read it, and to nobody else.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"

namespace wye {

// Before the maker's name.
inline constexpr std::string_view signature_mark = "wye1.";

// As a client whose dialect is `own` is to carry it: unchanged when it made it itself (or nobody
// knows who did), else "wye1.MAKER.DATA".
std::string carried(const Signature& signature, std::string_view own);

// What a client of dialect `own` brought back. Data without our mark is that of `own`.
Signature brought_back(std::string_view text, std::string_view own);

// A tool call's id that carries a signature ("ID.wye1.MAKER.DATA"), and the two taken apart again.
// An id without our mark is left whole and gives an empty signature.
std::string id_with(std::string_view id, const Signature& signature);
struct IdAndSignature {
  std::string id;
  Signature signature;
};
IdAndSignature split_id(std::string_view id);

}  // namespace wye
