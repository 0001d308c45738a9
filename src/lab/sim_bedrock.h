// Sim Bedrock: reads Converse requests and writes their answers. No client of wye speaks this
// format, so that wye has no such functions of its own. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lab/sim_ask.h"

namespace wye::sim_bedrock {

inline constexpr std::string_view stream_type = "application/vnd.amazon.eventstream";

// "/model/NAME/converse" and "/model/NAME/converse-stream".
std::optional<InboundRoute> route_of(std::string_view target);
Result<SimAsk> read_ask(const InboundRoute& route, std::string_view body);
std::string write_answer(const Answer& answer);
std::unique_ptr<StreamWriter> open_writer();

}  // namespace wye::sim_bedrock
