// Sim ask: a request to the simulated provider, whatever the vendor's format that it came in, read
// by wye's own readers of that format. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye {

struct SimAsk {
  Ask ask;
  Content content;
};

// Providers serve their paths below bases of their own ("/openai/v1", "/", a Vertex project). Gives
// the target as sim_route() knows it, or the target itself when no vendor has such a path.
std::string plain_target(std::string_view target);

// Which vendor's endpoint a plain target is; its views are into `target`.
std::optional<InboundRoute> sim_route(std::string_view target);

// A Fault when the vendor would not take the request.
Result<SimAsk> read_sim_ask(JsonReader& reader, const InboundRoute& route, std::string body);

}  // namespace wye
