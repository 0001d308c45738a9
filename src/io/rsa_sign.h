// RSA signatures, for the tokens of Google's service accounts. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

// RS256: RSA with SHA-256, PKCS#1 v1.5. The key is PEM, without a passphrase. Gives the bytes of
// the signature. Faults: config, when the key is none; nothing of it is repeated.
Result<std::string> sign_rs256(std::string_view private_key_pem, std::string_view text);

}  // namespace wye
