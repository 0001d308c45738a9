// Bedrock embeddings: Converse has none, so they go through InvokeModel in the words of the model's
// maker: Amazon's Titan, which embeds one text a request, and Cohere. Internal to this room; pure.
#pragma once

#include "base/result.h"
#include "core/answer.h"
#include "dialect/bedrock_write.h"
#include "dialect/json_walk.h"

namespace wye::bedrock {

// The members of a request for the model `id`, without its braces. Faults: what this model cannot
// embed, and models of other makers.
Result<void> write_embeddings(JsonWriter& json, const Writing& writing, std::string_view id);

// A member of an answer, whoever made the model; false when it is none of an embedding's. Only
// Titan says how many tokens there were.
bool read_embeddings(walk::Member& member, Answer& answer);

}  // namespace wye::bedrock
