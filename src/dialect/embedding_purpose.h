// Embedding purpose: what a vector is for, in the words of whoever is asked. Internal to this room.
#pragma once

#include <string_view>

namespace wye {

enum class EmbeddingPurpose : unsigned char {
  unset,
  query,
  document,
  classification,
  clustering,
  other
};
// "search_query", "RETRIEVAL_QUERY", "query", ...
EmbeddingPurpose embedding_purpose_from(std::string_view word);

// The input_type of Cohere's models, wherever they run. They refuse to embed without one, and who
// names none mostly stores what is embedded.
std::string_view cohere_input_type(std::string_view word);

}  // namespace wye
