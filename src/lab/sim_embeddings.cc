// Sim embeddings: every word pushes a few coordinates, the whole text adds a little noise. See
// sim_embeddings.h.
#include "lab/sim_embeddings.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/hash.h"
#include "base/text.h"
#include "lab/sim_words.h"

namespace wye {
namespace {

constexpr std::int64_t dimensions_usual = 1'536;
constexpr std::int64_t dimensions_most = 16'384;
constexpr std::size_t dimensions_of_rank = 256;
constexpr int coordinates_per_word = 24;
constexpr float noise = 0.02F;

void push_word(std::vector<float>& vector, std::string_view word) {
  Dice dice(hash64(to_lower(word)));
  for (int i = 0; i < coordinates_per_word; ++i) {
    const std::uint64_t drawn = dice.next();
    vector[(drawn >> 1) % vector.size()] += (drawn & 1) != 0 ? 1.0F : -1.0F;
  }
}

void normalise(std::vector<float>& vector) {
  float sum = 0;
  for (const float value : vector) sum += value * value;
  const float scale = 1.0F / std::sqrt(sum);
  for (float& value : vector) value *= scale;
}

// Little-endian floats, as OpenAI sends them.
std::string base64_of(const std::vector<float>& vector) {
  const std::size_t bytes = vector.size() * sizeof(float);
  std::string encoded((bytes + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(vector.data()),
                                     static_cast<int>(bytes));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

// Seven digits, which is all that a float has.
double rounded(float value) { return std::round(static_cast<double>(value) * 1e7) / 1e7; }

// Token numbers, and parts that are no text, count as a text that spells them.
std::string text_of_item(const EmbeddingItem& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  if (const auto* parts = std::get_if<std::vector<Part>>(&item)) return text_of(*parts);
  return fmt::format("{}", fmt::join(std::get<std::vector<std::int64_t>>(item), ","));
}

std::int64_t tokens_of_item(const EmbeddingItem& item, std::string_view text) {
  const auto* numbers = std::get_if<std::vector<std::int64_t>>(&item);
  return numbers != nullptr ? static_cast<std::int64_t>(numbers->size()) : count_tokens(text);
}

double likeness(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return std::clamp(sum, 0.0, 1.0);
}

void rank(const RerankInput& input, Answer& answer, std::int64_t& tokens) {
  const auto query = embedding_of(input.query, dimensions_of_rank);
  tokens += count_tokens(input.query);
  for (std::size_t i = 0; i < input.documents.size(); ++i) {
    tokens += count_tokens(input.documents[i]);
    RankedDocument& ranked = answer.ranked.emplace_back();
    ranked.index = static_cast<int>(i);
    ranked.score = likeness(query, embedding_of(input.documents[i], dimensions_of_rank));
  }
  std::stable_sort(answer.ranked.begin(), answer.ranked.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  const auto wanted =
      static_cast<std::size_t>(std::max<std::int64_t>(input.top_n.value_or(INT64_MAX), 0));
  if (wanted < answer.ranked.size()) answer.ranked.resize(wanted);
}

}  // namespace

std::vector<float> embedding_of(std::string_view text, std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  Dice dice(hash64(text));
  for (float& value : vector)
    value = noise * (static_cast<float>(dice.next() >> 40) / 8'388'608.0F - 1.0F);
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const bool in_word = at < text.size() && (is_alphanumeric(text[at]) || text[at] < 0);
    if (in_word) continue;
    if (at > from) push_word(vector, text.substr(from, at - from));
    from = at + 1;
  }
  normalise(vector);
  return vector;
}

Result<Answer> answer_embeddings(const Content& content, std::int64_t& tokens) {
  Answer answer;
  answer.origin = content.origin;
  answer.endpoint = content.endpoint;
  answer.model = content.model;
  const std::int64_t dimensions = content.embedding.dimensions.value_or(dimensions_usual);
  if (dimensions < 1 || dimensions > dimensions_most)
    return fail(FaultKind::bad_request, "Invalid 'dimensions'.");
  if (content.endpoint == Endpoint::rerank) {
    rank(content.rerank, answer, tokens);
  } else if (content.embedding.items.empty()) {
    return fail(FaultKind::bad_request, "'$.input' is invalid. Please check the API reference.");
  }
  for (const EmbeddingItem& item : content.embedding.items) {
    const std::string text = text_of_item(item);
    tokens += tokens_of_item(item, text);
    Embedding& embedding = answer.embeddings.emplace_back();
    embedding.index = static_cast<int>(answer.embeddings.size()) - 1;
    const auto vector = embedding_of(text, static_cast<std::size_t>(dimensions));
    if (content.embedding.encoding == "base64")
      embedding.base64 = base64_of(vector);
    else
      for (const float value : vector) embedding.values.push_back(rounded(value));
  }
  answer.usage.input = tokens;
  answer.usage.source = UsageSource::provider;
  return answer;
}

}  // namespace wye
