// Provider fault: the error answer of a provider that says no more than its body and Retry-After.
// Internal to this room.
#pragma once

#include "base/fault.h"
#include "base/units.h"
#include "wire/http1.h"
#include "wire/json.h"

namespace wye {

Fault read_provider_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                          TimeMs now);
// Of an answer that calls itself a success and is none.
Fault no_answer(std::string message);

}  // namespace wye
