// Gemini answer, writing: what a Gemini client gets when the provider speaks something else. Pure.
#include "dialect/gemini.h"
#include "dialect/gemini_answer_parts.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_logprobs.h"
#include "dialect/gemini_usage.h"
#include "dialect/vectors.h"

namespace wye::gemini {
namespace {

class AnswerWriter {
 public:
  AnswerWriter(std::string& out, const Answer& answer, const Ask& ask)
      : json_(out), answer_(answer), ask_(ask), own_(answer.origin == DialectId::gemini) {}

  void write() {
    json_.begin_object();
    if (answer_.endpoint == Endpoint::count_tokens) {
      json_.field("totalTokens", answer_.usage.input);
    } else if (answer_.endpoint == Endpoint::embeddings) {
      write_embeddings();
    } else {
      write_chat();
    }
    if (own_) write_extra(json_, answer_.extra);
    json_.end_object();
  }

 private:
  void write_chat() {
    json_.key("candidates").begin_array();
    for (const Choice& choice : answer_.choices) write_candidate(choice);
    json_.end_array();
    write_usage_of();
    const std::string& model = own_ || !answer_.model.empty() ? answer_.model : ask_.facts.model;
    if (!model.empty()) json_.field("modelVersion", model);
    if (!answer_.id.empty()) json_.field("responseId", answer_.id);
  }

  void write_candidate(const Choice& choice) {
    json_.begin_object();
    if (!own_ || !has_word(choice.form, "no_content")) write_content(choice);
    write_finish(choice);
    if (!own_ || !has_word(choice.form, "no_index")) json_.field("index", choice.index);
    if (own_) {
      write_extra(json_, choice.extra);
    } else if (!choice.logprobs.empty()) {
      const std::string result = logprobs_result(reader_, choice.logprobs);
      if (!result.empty()) json_.key("logprobsResult").raw(result);
    }
    json_.end_object();
  }

  void write_content(const Choice& choice) {
    json_.key("content").begin_object();
    if (!choice.parts.empty()) {
      json_.key("parts").begin_array();
      for (const Part& part : choice.parts) (void)write_answer_part(json_, reader_, part, own_);
      json_.end_array();
    }
    if (own_) {
      write_extra(json_, choice.message_extra);
    } else {
      json_.field("role", "model");
    }
    json_.end_object();
  }

  void write_finish(const Choice& choice) {
    if (own_ && choice.finish_text.empty()) return;
    json_.key("finishReason");
    if (own_ && has_word(choice.form, "number")) {
      json_.raw(choice.finish_text);
    } else {
      json_.value(own_ ? std::string_view(choice.finish_text) : finish_word(choice.finish));
    }
  }

  void write_usage_of() {
    if (own_ && !answer_.usage_raw.empty()) {
      json_.key("usageMetadata").raw(answer_.usage_raw);
    } else if (answer_.usage.source != UsageSource::none) {
      json_.key("usageMetadata");
      write_usage(json_, answer_.usage);
    }
  }

  void write_embeddings() {
    const bool single = ask_.embedding_single && answer_.embeddings.size() == 1;
    json_.key(single ? "embedding" : "embeddings");
    if (!single) json_.begin_array();
    for (const Embedding& embedding : answer_.embeddings) write_vector(embedding);
    if (!single) json_.end_array();
    if (own_ && !answer_.usage_raw.empty()) {
      json_.key("usageMetadata").raw(answer_.usage_raw);
    } else if (answer_.usage.source != UsageSource::none) {
      json_.key("usageMetadata").begin_object();
      json_.field("promptTokenCount", answer_.usage.input).end_object();
    }
  }

  void write_vector(const Embedding& embedding) {
    json_.begin_object().key("values");
    write_floats(json_, embedding);
    if (own_) write_extra(json_, embedding.extra);
    json_.end_object();
  }

  JsonWriter json_;
  JsonReader reader_;
  const Answer& answer_;
  const Ask& ask_;
  bool own_;
};

}  // namespace

std::string write_answer(const Answer& answer, const Ask& ask) {
  std::string out;
  AnswerWriter(out, answer, ask).write();
  return out;
}

}  // namespace wye::gemini
