// Gemini signature: thoughtSignature as clients carry it. The field is of type bytes, and libraries
// decode its base64, so that our mark for others' signatures must be base64, too. Internal to this
// room.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"

namespace wye::gemini {

// The text of thoughtSignature for a client.
std::string signature_for_client(const Signature& signature);
// What a client brought back.
Signature signature_from_client(std::string_view text);
// What a provider of this dialect made.
Signature signature_of_provider(std::string_view text);
// Whether a provider of this dialect may have it back.
bool is_own(const Signature& signature);

}  // namespace wye::gemini
