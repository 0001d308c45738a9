// Embedding purpose. Pure.
#include "dialect/embedding_purpose.h"

#include <string>
#include <utility>

#include "base/text.h"

namespace wye {
namespace {

constexpr std::pair<std::string_view, EmbeddingPurpose> words[]{
    {"", EmbeddingPurpose::unset},
    {"search_query", EmbeddingPurpose::query},
    {"query", EmbeddingPurpose::query},
    {"retrieval_query", EmbeddingPurpose::query},
    {"question_answering", EmbeddingPurpose::query},
    {"fact_verification", EmbeddingPurpose::query},
    {"code_retrieval_query", EmbeddingPurpose::query},
    {"search_document", EmbeddingPurpose::document},
    {"document", EmbeddingPurpose::document},
    {"retrieval_document", EmbeddingPurpose::document},
    {"classification", EmbeddingPurpose::classification},
    {"clustering", EmbeddingPurpose::clustering},
};

}  // namespace

EmbeddingPurpose embedding_purpose_from(std::string_view word) {
  const std::string lower = to_lower(word);
  for (const auto& [name, purpose] : words) {
    if (name == lower) return purpose;
  }
  return EmbeddingPurpose::other;
}

std::string_view cohere_input_type(std::string_view word) {
  switch (embedding_purpose_from(word)) {
    case EmbeddingPurpose::query: return "search_query";
    case EmbeddingPurpose::classification: return "classification";
    case EmbeddingPurpose::clustering: return "clustering";
    case EmbeddingPurpose::unset:
    case EmbeddingPurpose::document:
    case EmbeddingPurpose::other: break;
  }
  return "search_document";
}

}  // namespace wye
