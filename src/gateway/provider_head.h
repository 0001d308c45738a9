// Provider head: the request line and header lines that a provider is sent.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.h"
#include "core/deployment.h"
#include "dialect/dialect.h"
#include "gateway/limits.h"

namespace wye {

// The whole head with its blank line. `credential` are finished lines (gateway/credential.h), and
// so is `passed_on`: those of the client's that may travel.
std::string provider_head(const Provider& provider, const ProviderRequest& request,
                          std::string_view credential, std::string_view passed_on);

// A clock that ran out is called after the limit behind it: `waited` becomes `limit.kind`.
Fault named_for(Fault fault, FaultKind waited, const Limit& limit);

}  // namespace wye
