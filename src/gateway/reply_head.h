// Reply head: the header lines that every answer carries, and the reply that tells of a fault.
#pragma once

#include <string>

#include "gateway/exchange.h"

namespace wye {

// Header lines of the answer ("name: value\r\n"...): content type, ids, and the x-wye-* story.
std::string reply_head(const Exchange& x);

// Makes the reply tell of the fault: as an error answer, or, behind the commit point, as the error
// frame of the client's dialect. Sets the record's status and fault.
void set_fault_reply(Exchange& x, Fault fault);

}  // namespace wye
