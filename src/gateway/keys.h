// Keys: who is asking. Finds the virtual key of a request by the SHA-256 of what it presents.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/rules.h"
#include "gateway/key_memo.h"
#include "io/http_server.h"

namespace wye {

// The key as presented, from Authorization: Bearer, x-api-key, api-key or x-goog-api-key; "" when
// none.
std::string_view presented_key(const Headers& headers);

// Index into Rules::keys, or -1 when no keys are configured and a program on this machine asks.
// Faults: unauthenticated, forbidden (a web page of another site). `memo` belongs to `rules`.
Result<int> find_key(const Rules& rules, KeyMemo& memo, const HttpRequest& request, TimeMs now);

}  // namespace wye
