// Sim refusal: the answers that say no, in the words and the shape of the vendor that the simulator
// plays. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/deployment.h"
#include "lab/sim_fault.h"

namespace wye {

struct SimRefusal {
  int status = 0;  // 0: no refusal
  std::string head_lines = {};
  std::string body = {};
};

// What a vendor says of one fault, before it is put in its shape.
struct SimWords {
  int status = 0;
  std::string type;  // the vendor's main word
  std::string code;
  std::string param;
  std::string message;
};

// What the messages tell of the request.
struct SimPlight {
  std::string_view model;
  std::int64_t prompt_tokens = 0;
  std::int64_t context_tokens_max = 0;
  std::string_view authorization = {};  // as OpenAI repeats it, but for the asterisks
};

// Status 0 for faults that are not told by a status, at this vendor.
SimWords words_of(DialectId dialect, SimFaultKind kind, const SimPlight& plight);

// The body of an error; a wait of -1 is not told.
std::string write_error(DialectId dialect, const SimWords& words, DurationMs retry_after_ms);

SimRefusal refusal_of(DialectId dialect, const SimWords& words, DurationMs retry_after_ms = -1);

// Of a request that the vendor does not take; `message` says why.
SimRefusal refusal_of_request(DialectId dialect, std::string message, std::string_view param = {});

}  // namespace wye
