// OpenAI answer, writing: what an OpenAI client gets when the provider speaks something else. Pure.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "dialect/openai.h"
#include "dialect/openai_parts.h"
#include "dialect/openai_usage.h"
#include "dialect/openai_write.h"

namespace wye::openai {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? base64_digits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

// Little-endian 32-bit floats, as OpenAI's libraries ask for them.
std::string packed(const std::vector<double>& values) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  }
  return to_base64(bytes);
}

int base64_value(char c) {
  const std::size_t at = base64_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::vector<float> unpacked(std::string_view base64) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : base64) {
    const int value = base64_value(c);
    if (value < 0) break;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xff);
  }
  std::vector<float> out(bytes.size() / 4);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint32_t word = 0;
    for (std::size_t b = 4; b-- > 0;) {
      word = word << 8 | static_cast<unsigned char>(bytes[i * 4 + b]);
    }
    out[i] = std::bit_cast<float>(word);
  }
  return out;
}

void write_floats(JsonWriter& json, const Embedding& embedding) {
  json.begin_array();
  if (embedding.base64.empty()) {
    for (const double value : embedding.values) json.value(value);
  } else {
    for (const float value : unpacked(embedding.base64)) json.value(static_cast<double>(value));
  }
  json.end_array();
}

class AnswerWriter {
 public:
  AnswerWriter(std::string& out, const Answer& answer, const Ask& ask)
      : json_(out), answer_(answer), ask_(ask), own_(answer.origin == DialectId::openai) {}

  void write() {
    if (answer_.endpoint == Endpoint::moderations) return write_moderations();
    json_.begin_object();
    const bool chat = answer_.endpoint == Endpoint::chat;
    if (chat || !answer_.id.empty()) json_.field("id", answer_.id);
    json_.field("object", chat ? "chat.completion" : "list");
    if (chat || answer_.created != 0) json_.field("created", answer_.created);
    json_.field("model", answer_.model.empty() ? ask_.facts.model : answer_.model);
    json_.key(chat ? "choices" : "data").begin_array();
    for (const Choice& choice : answer_.choices) write_choice(choice);
    for (const Embedding& embedding : answer_.embeddings) write_embedding(embedding);
    json_.end_array();
    write_usage_of(chat);
    if (own_) write_extra(json_, answer_.extra);
    json_.end_object();
  }

 private:
  // Verdicts have no words in the hub; they pass from one who speaks this dialect only.
  void write_moderations() {
    json_.begin_object().field("id", answer_.id).field("model", answer_.model);
    if (own_) write_extra(json_, answer_.extra);
    json_.end_object();
  }

  // OpenAI's clients read the content of an answer as one text; words of other dialects on how a
  // part was spelled mean nothing here.
  static std::vector<Part> plain(const std::vector<Part>& parts) {
    std::vector<Part> out;
    std::size_t text_at = parts.size();
    for (const Part& part : parts) {
      const auto* text = std::get_if<Text>(&part.body);
      if (text != nullptr && text_at < out.size()) {
        std::get<Text>(out[text_at].body).text += text->text;
        continue;
      }
      if (text != nullptr) text_at = out.size();
      out.push_back(part);
      out.back().form.clear();
    }
    return out;
  }

  // Their clients expect both lists.
  std::string logprobs_of(const Choice& choice) const {
    std::string out = choice.logprobs;
    if (!own_ && out.ends_with("]}") && out.find("\"refusal\"") == std::string::npos) {
      out.insert(out.size() - 1, ",\"refusal\":null");
    }
    return out;
  }

  void write_choice(const Choice& choice) {
    json_.begin_object().field("index", choice.index);
    json_.key("message").begin_object();
    Message message;
    message.role = Role::assistant;
    message.parts = own_ ? choice.parts : plain(choice.parts);
    if (own_) message.form = choice.form;
    message.extra = choice.message_extra;
    write_message(json_, message,
                  {.own = own_, .cache_control = false, .reasoning = true, .to_client = true});
    json_.end_object();
    if (!choice.logprobs.empty()) json_.key("logprobs").raw(logprobs_of(choice));
    json_.key("finish_reason");
    write_finish(choice);
    if (own_) write_extra(json_, choice.extra);
    json_.end_object();
  }

  void write_finish(const Choice& choice) {
    if (own_ && has_word(choice.form, "null_finish")) {
      json_.null();
    } else if (own_) {
      json_.value(choice.finish_text);
    } else {
      json_.value(finish_word(choice.finish));
    }
  }

  void write_embedding(const Embedding& embedding) {
    json_.begin_object().field("object", "embedding").field("index", embedding.index);
    json_.key("embedding");
    if (!own_ && ask_.client_wants_base64) {
      json_.value(embedding.base64.empty() ? packed(embedding.values) : embedding.base64);
    } else if (own_ && !embedding.base64.empty()) {
      json_.value(embedding.base64);
    } else {
      write_floats(json_, embedding);
    }
    if (own_) write_extra(json_, embedding.extra);
    json_.end_object();
  }

  void write_usage_of(bool chat) {
    if (own_ && !answer_.usage_raw.empty()) {
      json_.key("usage").raw(answer_.usage_raw);
    } else if (answer_.usage.source != UsageSource::none) {
      json_.key("usage");
      write_usage(json_, answer_.usage, chat);
    }
  }

  JsonWriter json_;
  const Answer& answer_;
  const Ask& ask_;
  bool own_;
};

}  // namespace

void write_usage(JsonWriter& json, const Usage& usage, bool chat) {
  json.begin_object().field("prompt_tokens", usage.input);
  if (chat) json.field("completion_tokens", usage.output);
  json.field("total_tokens", usage.input + usage.output);
  if (chat) {
    json.key("prompt_tokens_details").begin_object().field("cached_tokens", usage.cache_read);
    if (usage.cache_write != 0) json.field("cache_write_tokens", usage.cache_write);
    json.end_object();
    json.key("completion_tokens_details").begin_object();
    json.field("reasoning_tokens", usage.reasoning).end_object();
  }
  json.end_object();
}

std::string write_answer(const Answer& answer, const Ask& ask) {
  std::string out;
  AnswerWriter(out, answer, ask).write();
  return out;
}

}  // namespace wye::openai
