// Rerank: requests to put documents in the order of their use for a query, and their answers, in
// the shape that Cohere, Jina, Voyage and others share but for a few names. Internal to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "core/ask.h"
#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye {

// "top_n" and "top_k" are the same; only one may be given.
Result<Ask> read_rerank_ask(JsonReader& reader, DialectId dialect, std::string body);
Result<Content> read_rerank_content(JsonReader& reader, const Ask& ask);

// The members of a request but for the model, without its braces.
struct RerankNames {
  std::string_view top_n;
  std::string_view tokens_a_document_max = {};  // "" when the receiver has no such member
  bool return_documents = false;                // the receiver has one
  bool objects = false;                         // documents may be objects
};
void write_rerank(JsonWriter& json, const RerankInput& input, const RerankNames& names,
                  std::vector<std::string>& dropped);

// The list of an answer; nothing when the value is no list.
std::optional<std::vector<RankedDocument>> read_ranked(JsonValue& value);
// {"index": ..., "relevance_score": ...}; `document`: as it is to be written, "" for none.
void write_ranked(JsonWriter& json, const RankedDocument& ranked, std::string_view document);
// The text of a document that is a text or an object with one, as JSON; "" when there is none.
std::string ranked_text(const std::string& document);

}  // namespace wye
