// Drilled call: a call to a provider as a live drill lets it look: answered by the gateway in the
// provider's place, never answered, slower, or cut. Each ends its distortion when the drill is
// over. Used on one loop, by the attempt that made it.
#pragma once

#include <memory>
#include <string>

#include "gateway/live_drill.h"
#include "io/http_client.h"
#include "io/world.h"

namespace wye {

// Answers at once with a refusal: 503, or 429 with a Retry-After. `provider` is named in its text.
std::unique_ptr<HttpCall> refusing_call(const LiveDrill& drill, const std::string& provider);

// Takes the request and never answers.
std::unique_ptr<HttpCall> hanging_call(World& world, const LiveDrill& drill);

// Lets the answer of `inner` come ten times as slowly: each wait is made ten times as long, and
// each event of a stream takes `event_us` at least (0: of answers that are not streamed).
std::unique_ptr<HttpCall> slow_call(World& world, const LiveDrill& drill,
                                    std::unique_ptr<HttpCall> inner, MonoUs event_us);

// Lets the beginning of a stream through, of whatever dialect, and then breaks it. A stream too
// short to be broken in its middle breaks before its first byte.
std::unique_ptr<HttpCall> cut_call(const LiveDrill& drill, std::unique_ptr<HttpCall> inner);

}  // namespace wye
