// Ask reading: what the requests of several dialects have alike, and what must be read alike.
// Internal to this room; pure.
#pragma once

#include <string>
#include <string_view>

#include "core/ask.h"
#include "dialect/json_walk.h"
#include "dialect/prompt_tally.h"

namespace wye {

// "model", and where it stands.
Result<void> read_model_into(Ask& ask, JsonValue& value);
// A flag; the fault names the member.
Result<void> read_flag_into(bool& out, JsonValue& value, std::string_view name);
// "logprobs": a need when it is true.
Result<void> read_logprobs_into(AskFacts& facts, JsonValue& value);
// "tools": a list of objects, whose bytes count as prompt: they are put there.
Result<void> read_tools_into(AskFacts& facts, PromptTally& tally, JsonValue& value);

// A pair of the client's metadata, "labels" in some dialects. A fault when its key was there
// before: a rule may go by it, and whoever reads the body next might take the other value; and when
// there are too many, before all of them have been collected.
Result<void> add_metadata(AskFacts& facts, std::string_view member, std::string_view key,
                          std::string_view value);

// Reads a whole body with `parts`, which has read(JsonObject) and was made of this ask.
template <class Parts>
Result<void> read_body_into(Ask& ask, JsonReader& reader, Parts& parts) {
  const auto read = reader.read_object(
      ask.body, [&](JsonObject& root) -> Result<void> { return parts.read(root); });
  if (!read) return fail(with_code(read.error()));
  ask.object_start = ask.body.find('{') + 1;
  return {};
}

// Reads a body once more, which went well before and got its slack then: each of its members with
// `parts`, which has read(walk::Member&).
template <class Parts>
Result<void> read_members_into(const Ask& ask, JsonReader& reader, Parts& parts) {
  return reader.read_object(ask.body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
}

}  // namespace wye
