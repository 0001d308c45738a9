// Gemini route: model and method in a path, read from clients and written for providers. Internal
// to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wye::gemini {

enum class Method : std::uint8_t {
  generate,
  stream,
  embed,
  batch_embed,
  count_tokens,
  predict,  // Vertex, embeddings; never a client's
};

struct PathTarget {
  std::string model;  // unescaped; may hold slashes and colons, such as "task/summarize"
  Method method = Method::generate;
};

// "/v1beta/models/MODEL:method".
Result<PathTarget> target_of(std::string_view path);
// "/models/MODEL:method", below a provider's base path; a stream is always asked for as SSE.
std::string path_of(std::string_view model, Method method);
// Whether a query asks for server-sent events (alt=sse).
bool asks_for_sse(std::string_view query);
// "models/MODEL", as bodies name a model.
std::string resource_name(std::string_view model);

}  // namespace wye::gemini
