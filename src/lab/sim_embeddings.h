// Sim embeddings: unit vectors that depend on the text alone, and are the nearer the more words two
// texts share. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/answer.h"
#include "core/content.h"

namespace wye {

std::vector<float> embedding_of(std::string_view text, std::size_t dimensions);

// The vectors of a request, or the documents of a rerank in the order in which they fit its query.
// `tokens` is how many went in. A Fault when the request has nothing to embed.
Result<Answer> answer_embeddings(const Content& content, std::int64_t& tokens);

}  // namespace wye
