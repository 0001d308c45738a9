// Browser guard: keeps the pages of other sites away from listeners that ask for no key. A browser
// on this machine speaks from loopback, whatever page it shows; what tells its requests apart are
// the lines that pages cannot change. Pure, any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "wire/http1.h"

namespace wye {

// `listen_host` is the address that the listener was given. Faults: forbidden, when
// - Host is a name other than localhost, or an address that is neither loopback nor `listen_host`
//   (a page whose name was made to point here),
// - Origin is there and is neither on loopback nor on `listen_host`,
// - Sec-Fetch-Site says cross-site and no Origin says more.
Result<void> refuse_foreign_pages(const Headers& headers, std::string_view listen_host);

}  // namespace wye
