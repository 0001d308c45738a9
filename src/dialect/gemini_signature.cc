// Gemini signature. Pure.
#include "dialect/gemini_signature.h"

#include "core/deployment.h"
#include "core/signature.h"
#include "wire/base64.h"

namespace wye::gemini {
namespace {

// Base64 of "wye1.", as far as it does not depend on what follows.
constexpr std::string_view mark_in_base64 = "d3llMS";

std::string_view own_name() { return to_string(DialectId::gemini); }

}  // namespace

bool is_own(const Signature& signature) {
  return !signature.empty() && signature.maker == own_name();
}

Signature signature_of_provider(std::string_view text) {
  return {std::string(text), std::string(text.empty() ? std::string_view() : own_name())};
}

std::string signature_for_client(const Signature& signature) {
  std::string text = carried(signature, own_name());
  return text == signature.data ? text : to_base64(text);
}

Signature signature_from_client(std::string_view text) {
  if (!text.starts_with(mark_in_base64)) return signature_of_provider(text);
  const auto inner = from_base64(text);
  return inner ? brought_back(*inner, own_name()) : signature_of_provider(text);
}

}  // namespace wye::gemini
