// Local only: who may read the pages that ask for no key. Pure, any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "io/http_server.h"

namespace wye {

// Faults: forbidden, when the client is on another machine or is a foreign page in a browser (see
// browser_guard.h). `what` begins the sentence that says so.
Result<void> refuse_strangers(const HttpRequest& request, std::string_view listen_host,
                              std::string_view what);

}  // namespace wye
