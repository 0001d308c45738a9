// Bedrock usage: counts and finish words of Converse, as they stand in answers and in streams.
// Internal to this room.
#pragma once

#include <string_view>

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::bedrock {

Usage read_usage(JsonValue& value);
FinishReason finish_reason_from(std::string_view word);
// A call of the tool that only stands for the answer is no call.
FinishReason settled(FinishReason finish, bool answered_by_tool, bool calls);

}  // namespace wye::bedrock
