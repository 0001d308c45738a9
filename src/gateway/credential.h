// Credential: the header lines that prove to a provider who asks. They come from the provider's
// configuration and from nowhere else; no request can set or choose them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/units.h"
#include "core/deployment.h"
#include "dialect/dialect.h"

namespace wye {

// "example.com", "example.com:8443", "[::1]:80": the value of the host header.
std::string host_of(const Url& url);

// `google_token` is needed for Auth::google_oauth alone; `now` and the request for signatures.
std::string credential_lines(const Provider& provider, const ProviderRequest& request,
                             std::string_view google_token, TimeMs now,
                             std::string_view method = "POST");

// A text that comes from outside, with "[key]" in place of what the provider is sent to prove who
// asks, wherever it repeats that; also the beginning of it at the end of a text, which may have
// been cut. Keys of fewer than six bytes are no secrets, and are left; so are short ones of small
// letters where they are a part of a word.
std::string without_credentials(std::string text, const Provider& provider,
                                std::string_view google_token);

}  // namespace wye
