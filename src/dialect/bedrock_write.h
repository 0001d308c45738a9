// Bedrock write: what the writers of one request share. Internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/content.h"
#include "dialect/bedrock_model.h"
#include "wire/json.h"

namespace wye::bedrock {

// How the client's output format is kept.
enum class Format : std::uint8_t {
  free,
  native,  // outputConfig.textFormat
  tool     // the model must answer with `answer_tool`
};

// One request on its way out. Views into the content; lives no longer than write_ask.
struct Writing {
  const Content& content;
  ModelTraits traits;
  bool audio = false;  // the deployment is known to hear
  Format format = Format::free;
  std::vector<std::string>* dropped;

  // Says once that a member of the client's request has no place here.
  void drop(std::string_view member) const;
};

// "param ..." with code unsupported_parameter.
Fault unsupported(std::string_view param, std::string_view why);

// `system` and `messages`, as members.
Result<void> write_messages(JsonWriter& json, const Writing& writing);
// `toolConfig`, when there is anything in it.
Result<void> write_tools(JsonWriter& json, const Writing& writing);
// Whether the model is made to call a tool, whichever.
bool forces_tool(const Writing& writing);
// `inferenceConfig` and `additionalModelRequestFields`.
void write_settings(JsonWriter& json, const Writing& writing);
// `{"cachePoint": ...}`, an element of a list.
void write_cache_point(JsonWriter& json, const Writing& writing, const CacheControl& cache);

}  // namespace wye::bedrock
