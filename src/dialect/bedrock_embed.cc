// Bedrock embeddings, and answers without a message. Pure.
#include "dialect/bedrock_embed.h"

#include "dialect/embedding_purpose.h"
#include "dialect/media_url.h"
#include "dialect/provider_fault.h"
#include "dialect/vectors.h"

namespace wye::bedrock {
namespace {

bool holds(std::string_view id, std::string_view part) {
  return id.find(part) != std::string_view::npos;
}

// The one picture that an item is, or null.
const Media* picture_of(const EmbeddingItem& item) {
  const auto* parts = std::get_if<std::vector<Part>>(&item);
  if (parts == nullptr || parts->size() != 1) return nullptr;
  const auto* image = std::get_if<Image>(&parts->front().body);
  return image == nullptr || image->media.base64.empty() ? nullptr : &image->media;
}

class EmbeddingWriter {
 public:
  EmbeddingWriter(JsonWriter& json, const Writing& writing, std::string_view id)
      : json_(json), writing_(writing), input_(writing.content.embedding), id_(id) {}

  // {"inputText": ..., "dimensions": ...}; the model that reads pictures has words of its own.
  Result<void> write_titan() {
    if (input_.items.size() != 1) {
      return fail(unsupported("input", "must be one text: this model embeds one a request"));
    }
    const bool pictures = holds(id_, "titan-embed-image");
    const Media* picture = picture_of(input_.items.front());
    if (const auto* text = std::get_if<std::string>(&input_.items.front())) {
      json_.field("inputText", *text);
    } else if (pictures && picture != nullptr) {
      json_.field("inputImage", picture->base64);
    } else {
      return fail(unsupported("input", "must be text for this model"));
    }
    if (!input_.purpose.empty()) writing_.drop("input_type");
    if (!input_.dimensions) return {};
    if (pictures) {
      json_.key("embeddingConfig").begin_object();
      json_.field("outputEmbeddingLength", *input_.dimensions).end_object();
    } else if (holds(id_, "titan-embed-text-v2")) {
      json_.field("dimensions", *input_.dimensions);
    } else {
      return fail(unsupported("dimensions", "cannot be chosen for this model"));
    }
    return {};
  }

  // All texts or all pictures, in one list.
  Result<void> write_cohere() {
    const bool pictures = !input_.items.empty() && picture_of(input_.items.front()) != nullptr;
    json_.key(pictures ? "images" : "texts").begin_array();
    for (const EmbeddingItem& item : input_.items) {
      const auto* text = std::get_if<std::string>(&item);
      const Media* picture = picture_of(item);
      if (!pictures && text != nullptr) {
        json_.value(*text);
      } else if (pictures && picture != nullptr) {
        json_.value(url_of_media(*picture));
      } else {
        return fail(unsupported("input", "must be all texts or all pictures for this model"));
      }
    }
    json_.end_array();
    write_purpose(pictures);
    json_.key("embedding_types").begin_array().value("float").end_array();
    if (!input_.dimensions) return {};
    if (holds(id_, "-v3"))
      return fail(unsupported("dimensions", "cannot be chosen for this model"));
    json_.field("output_dimension", *input_.dimensions);
    return {};
  }

 private:
  void write_purpose(bool pictures) {
    json_.field("input_type",
                pictures ? std::string_view("image") : cohere_input_type(input_.purpose));
    const bool said = pictures ? !input_.purpose.empty()
                               : embedding_purpose_from(input_.purpose) == EmbeddingPurpose::other;
    if (said) writing_.drop("input_type");
  }

  JsonWriter& json_;
  const Writing& writing_;
  const EmbeddingInput& input_;
  std::string_view id_;
};

void add(JsonValue& values, Answer& answer) {
  Embedding& one = answer.embeddings.emplace_back();
  one.index = static_cast<int>(answer.embeddings.size()) - 1;
  one.values = read_floats(values);
}

// A list of vectors, or an object that has one for each type of numbers; floats were asked for.
void read_lists(JsonValue& value, Answer& answer) {
  if (walk::is_array(value)) {
    walk::elements_if(value, [&](JsonValue& each) { add(each, answer); });
    return;
  }
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key != "float") return;
    walk::elements_if(member.value, [&](JsonValue& each) { add(each, answer); });
  });
}

}  // namespace

Result<void> write_embeddings(JsonWriter& json, const Writing& writing, std::string_view id) {
  EmbeddingWriter writer(json, writing, id);
  if (holds(id, "amazon.titan-embed")) return writer.write_titan();
  if (holds(id, "cohere.embed")) return writer.write_cohere();
  return fail(unsupported("model", "is of no maker whose embeddings are known"));
}

namespace {

bool read_embeddings(walk::Member& member, Answer& answer) {
  if (member.key == "embedding" && walk::is_array(member.value)) {
    add(member.value, answer);
  } else if (member.key == "embeddings") {
    read_lists(member.value, answer);
  } else if (member.key == "inputTextTokenCount") {
    answer.usage.input = walk::integer_if(member.value).value_or(0);
    answer.usage.source = UsageSource::provider;
  } else {
    return false;
  }
  return true;
}

// What has no message: embeddings, and a count of tokens.
class PlainReader {
 public:
  explicit PlainReader(Answer& answer) : answer_(answer) {}

  void read(walk::Member& member) {
    if (answer_.endpoint == Endpoint::embeddings) {
      (void)read_embeddings(member, answer_);
      return;
    }
    const auto count = walk::integer_if(member.value);
    if (member.key != "inputTokens" || !count) return;
    answer_.usage.input = *count;
    answer_.usage.source = UsageSource::provider;
  }

  bool answered() const {
    return answer_.endpoint == Endpoint::embeddings ? !answer_.embeddings.empty()
                                                    : answer_.usage.source != UsageSource::none;
  }

 private:
  Answer& answer_;
};

}  // namespace

Result<Answer> read_plain_answer(JsonReader& json, Endpoint endpoint, const std::string& body) {
  Answer answer;
  answer.origin = DialectId::bedrock;
  answer.endpoint = endpoint;
  PlainReader parts(answer);
  const auto read = json.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read) {
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  }
  if (parts.answered()) return answer;
  return fail(no_answer(endpoint == Endpoint::embeddings
                            ? "The provider's answer has no embeddings."
                            : "The provider's answer has no count."));
}

}  // namespace wye::bedrock
