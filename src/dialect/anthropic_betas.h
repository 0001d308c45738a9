// Anthropic betas: which words of a client's anthropic-beta header a provider is told. Anthropic
// and those who host its models answer 400 to a word that they do not know, so a client that was
// made for one of them breaks at another unless somebody in between sorts the words. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/deployment.h"

namespace wye::anthropic {

struct SortedBetas {
  std::string passed;                // the header's value for the provider; "" for no header
  std::vector<std::string> dropped;  // as the client wrote them
};

// Anthropic itself is sent new words too, for it introduces them and clients learn of them before
// we do; hosts of its models are sent only what they are known to take.
SortedBetas sort_betas(std::string_view header, Hosting hosting);

}  // namespace wye::anthropic
