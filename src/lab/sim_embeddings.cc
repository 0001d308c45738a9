// Sim embeddings: every word pushes a few coordinates, the whole text adds a little noise. See
// sim_embeddings.h.
#include "lab/sim_embeddings.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/hash.h"
#include "base/text.h"
#include "lab/sim_words.h"
#include "wire/json.h"

namespace wye {
namespace {

using dom::Element;

constexpr std::size_t dimensions_usual = 1'536;
constexpr std::int64_t dimensions_most = 16'384;
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

void write_floats(const std::vector<float>& vector, std::string& out) {
  char text[32];
  out += '[';
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i != 0) out += ',';
    out.append(text, std::to_chars(text, text + sizeof text, vector[i]).ptr);
  }
  out += ']';
}

// Little-endian floats, as OpenAI sends them.
void write_base64(const std::vector<float>& vector, std::string& out) {
  const std::size_t bytes = vector.size() * sizeof(float);
  std::string encoded((bytes + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(vector.data()),
                                     static_cast<int>(bytes));
  out += '"';
  out.append(encoded, 0, static_cast<std::size_t>(length));
  out += '"';
}

// The texts of `input`; an array of token numbers counts as one text.
std::vector<std::string> read_inputs(const Element& input, std::int64_t& tokens) {
  std::vector<std::string> texts;
  const auto add_numbers = [&](const simdjson::dom::array& numbers) {
    texts.push_back(simdjson::minify(numbers));
    tokens += static_cast<std::int64_t>(numbers.size());
  };
  const auto add_text = [&](std::string_view text) {
    texts.emplace_back(text);
    tokens += count_tokens(text);
  };
  if (const auto one = dom::text(input)) add_text(*one);
  const auto several = dom::array(input);
  if (!several || several->size() == 0) return texts;
  if (dom::integer(several->at(0).value_unsafe())) {
    add_numbers(*several);
    return texts;
  }
  for (const Element one : *several) {
    if (const auto text = dom::text(one))
      add_text(*text);
    else if (const auto numbers = dom::array(one))
      add_numbers(*numbers);
  }
  return texts;
}

tl::unexpected<SimRefusal> refuse(std::string_view message, std::string_view param) {
  return tl::unexpected(SimRefusal{400, error_json(message, "invalid_request_error", param, "")});
}

}  // namespace

std::vector<float> embedding_of(std::string_view text, std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  Dice dice(hash64(text));
  for (float& value : vector)
    value = noise * (static_cast<float>(dice.next() >> 40) / 8'388'608.0F - 1.0F);
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const bool in_word = at < text.size() &&
                         (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] < 0);
    if (in_word) continue;
    if (at > from) push_word(vector, text.substr(from, at - from));
    from = at + 1;
  }
  normalise(vector);
  return vector;
}

tl::expected<SimEmbeddings, SimRefusal> answer_embeddings(const Element& request) {
  const auto input = dom::get(request, "input");
  if (!input) return refuse("Missing required parameter: 'input'.", "input");
  SimEmbeddings answer;
  const auto texts = read_inputs(*input, answer.prompt_tokens);
  if (texts.empty())
    return refuse("'$.input' is invalid. Please check the API reference.", "input");
  const std::int64_t asked = dom::integer(request, "dimensions").value_or(dimensions_usual);
  if (asked < 1 || asked > dimensions_most) return refuse("Invalid 'dimensions'.", "dimensions");
  const bool base64 = dom::text(request, "encoding_format").value_or("float") == "base64";

  std::string& out = answer.body;
  out = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    fmt::format_to(std::back_inserter(out), R"({}{{"object":"embedding","index":{},"embedding":)",
                   i == 0 ? "" : ",", i);
    const auto vector = embedding_of(texts[i], static_cast<std::size_t>(asked));
    if (base64)
      write_base64(vector, out);
    else
      write_floats(vector, out);
    out += '}';
  }
  out += R"(],"model":)";
  append_json_string(out, dom::text(request, "model").value_or(""));
  fmt::format_to(std::back_inserter(out),
                 R"(,"usage":{{"prompt_tokens":{0},"total_tokens":{0}}}}})", answer.prompt_tokens);
  return answer;
}

}  // namespace wye
