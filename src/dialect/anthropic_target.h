// Anthropic target: where a request goes and what its headers say, the same for a spliced body and
// for one that was written. Internal to this room.
#pragma once

#include <string_view>

#include "dialect/dialect.h"

namespace wye::anthropic {

// Vertex names the model in the path, but for the counting of tokens.
bool model_in_path(Endpoint endpoint, const Provider& provider);
// The body's anthropic_version there.
inline constexpr std::string_view vertex_version = "vertex-2023-10-16";

// Fills path, stream and headers. `system_among_messages`: the content needs the newer version.
void address(ProviderRequest& request, const Ask& ask, const Deployment& deployment,
             const Provider& provider, bool system_among_messages);

}  // namespace wye::anthropic
