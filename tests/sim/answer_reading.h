// Answer reading: what a strict client makes of the bytes it received. Written apart from the
// gateway's own readers, since it judges what they let through. Pure.
#pragma once

#include <string>

#include "sim/client.h"

namespace wye::sim {

struct Reading {
  enum class Ending : std::uint8_t {
    none,   // no answer began
    whole,  // a whole answer, and the client can know it
    fault,  // one typed error
    open,   // the answer stopped, and the client can know that too
    wrong,  // none of these: `why` says what
  };
  Ending ending = Ending::none;
  std::string text;   // of the answer, as far as it came
  std::string error;  // its type, when there is one
  std::string why;
};

Reading read_answer(const AskPlan& ask, const Received& received);

}  // namespace wye::sim
