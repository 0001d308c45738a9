#include "gateway/affinity.h"

#include <algorithm>

#include "core/signature.h"

namespace wye {
namespace {

// Where a client of this dialect keeps what its own provider signed.
std::string_view own_mark(DialectId dialect) {
  switch (dialect) {
    case DialectId::anthropic: return "\"signature\"";
    case DialectId::gemini: return "\"thoughtSignature\"";
    case DialectId::openai_responses: return "\"encrypted_content\"";
    case DialectId::openai:
    case DialectId::bedrock:
    case DialectId::cohere:
    case DialectId::ollama:
    case DialectId::voyage: return {};
  }
  return {};
}

}  // namespace

std::string signature_maker(const Ask& ask) {
  const Abilities needs = ask.facts.needs;
  if (!needs.has(Ability::tools) && !needs.has(Ability::reasoning)) return {};
  const std::string_view body(ask.body);
  if (const std::size_t at = body.find(signature_mark); at != std::string_view::npos) {
    const std::string_view rest = body.substr(at + signature_mark.size());
    const std::string_view maker = rest.substr(0, std::min(rest.find('.'), rest.size()));
    return dialect_from(maker) ? std::string(maker) : std::string();
  }
  const std::string_view mark = own_mark(ask.dialect);
  const bool own = !mark.empty() && body.find(mark) != std::string_view::npos;
  return own ? std::string(to_string(ask.dialect)) : std::string();
}

}  // namespace wye
