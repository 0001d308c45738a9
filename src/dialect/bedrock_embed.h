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

// An answer that has no message: embeddings, whoever made the model, or a count of tokens. `body`
// is padded. Only Titan says how many tokens it embedded. Faults: invalid_output.
Result<Answer> read_plain_answer(JsonReader& json, Endpoint endpoint, const std::string& body);

}  // namespace wye::bedrock
