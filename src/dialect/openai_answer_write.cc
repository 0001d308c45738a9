// OpenAI answer, writing: what an OpenAI client gets when the provider speaks something else. Pure.
#include "dialect/openai.h"
#include "dialect/openai_parts.h"
#include "dialect/openai_usage.h"
#include "dialect/openai_write.h"
#include "dialect/vectors.h"

namespace wye::openai {
namespace {

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
        if (!part.signature.empty()) out[text_at].signature = part.signature;
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
      json_.value(embedding.base64.empty() ? pack_floats(embedding.values) : embedding.base64);
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
