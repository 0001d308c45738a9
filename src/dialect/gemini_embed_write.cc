// Gemini embeddings, writing: what is to be embedded as requests of the Gemini API, or as instances
// of Vertex's older `predict`. Pure.
#include <array>
#include <optional>
#include <utility>

#include "dialect/foreign.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_route.h"
#include "dialect/gemini_write.h"

namespace wye::gemini {
namespace {

// What others call the purpose of an embedding.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> purposes{{
    {"search_query", "RETRIEVAL_QUERY"},
    {"query", "RETRIEVAL_QUERY"},
    {"search_document", "RETRIEVAL_DOCUMENT"},
    {"document", "RETRIEVAL_DOCUMENT"},
    {"classification", "CLASSIFICATION"},
    {"clustering", "CLUSTERING"},
}};

class EmbeddingWriter {
 public:
  EmbeddingWriter(JsonWriter& json, const Target& target)
      : json_(json), target_(target), input_(target.content.embedding), task_(task()) {}

  // {"content": ...} or {"requests": [{"model": ..., "content": ...}]}.
  Result<void> write_requests() {
    if (target_.own() && input_.single && input_.items.size() == 1) {
      return write_request(input_.items.front());
    }
    json_.key("requests").begin_array();
    for (const EmbeddingItem& item : input_.items) {
      json_.begin_object().field("model", resource_name(target_.deployment.model));
      if (Result<void> done = write_request(item); !done) return done;
      json_.end_object();
    }
    json_.end_array();
    return {};
  }

  Result<void> write_instances() {
    json_.key("instances").begin_array();
    for (const EmbeddingItem& item : input_.items) {
      if (Result<void> done = write_instance(item); !done) return done;
    }
    json_.end_array();
    write_parameters();
    return {};
  }

  // Told once; a batch whose requests differ in what can only be said for all is refused.
  Result<void> settle(bool predict) const {
    drop_the_rest(predict);
    if (find_extra(target_.content.extra, mixed_purposes) == nullptr) return {};
    return fail(unsupported("requests", "must all have the same taskType for this provider"));
  }

 private:
  // "" when it was not said or Gemini has no such purpose.
  std::string_view task() const {
    if (target_.own() || input_.purpose.empty()) return input_.purpose;
    for (const auto& [name, task] : purposes) {
      if (name == input_.purpose) return task;
    }
    target_.drop("input_type");
    return {};
  }

  Result<void> write_instance(const EmbeddingItem& item) {
    const std::optional<std::string> text = text_of_item(item);
    if (!text) return fail(unsupported("input", "is no text, and this model embeds nothing else"));
    json_.begin_object().field("content", *text);
    if (!task_.empty()) json_.field("task_type", task_);
    if (const std::string* title = own_extra("title")) json_.key("title").raw(*title);
    json_.end_object();
    return {};
  }

  // Parts of one content stand for one text; nothing when there is more than text in it.
  static std::optional<std::string> text_of_item(const EmbeddingItem& item) {
    if (const auto* text = std::get_if<std::string>(&item)) return *text;
    const auto* parts = std::get_if<std::vector<Part>>(&item);
    if (parts == nullptr) return std::nullopt;
    std::string all;
    for (const Part& part : *parts) {
      const auto* text = std::get_if<Text>(&part.body);
      if (text == nullptr) return std::nullopt;
      if (!all.empty()) all += '\n';
      all += text->text;
    }
    return all;
  }

  // What a client of Gemini said beyond the hub's words.
  const std::string* own_extra(std::string_view name) const {
    return target_.own() ? find_extra(target_.content.extra, name) : nullptr;
  }

  void write_parameters() {
    const std::string* truncate = own_extra("autoTruncate");
    if (!input_.dimensions && truncate == nullptr) return;
    json_.key("parameters").begin_object();
    if (input_.dimensions) json_.field("outputDimensionality", *input_.dimensions);
    if (truncate != nullptr) json_.key("autoTruncate").raw(*truncate);
    json_.end_object();
  }

  // `predict` has no place for anything else, and `batchEmbedContents` none for another dialect's.
  void drop_the_rest(bool predict) const {
    drop_settings(target_.content, {Setting::user}, target_.dropped);
    if (!target_.own()) return drop_extra(target_.content, target_.dropped);
    if (!predict) return;
    drop_extra(target_.content, target_.dropped,
               [](std::string_view name) { return name == "title" || name == "autoTruncate"; });
  }

  Result<void> write_request(const EmbeddingItem& item) {
    json_.key("content").begin_object().key("parts").begin_array();
    if (Result<void> done = write_item(item); !done) return done;
    json_.end_array().end_object();
    if (!task_.empty()) json_.field("taskType", task_);
    if (input_.dimensions) json_.field("outputDimensionality", *input_.dimensions);
    if (target_.own()) write_extra(json_, target_.content.extra);
    return {};
  }

  Result<void> write_item(const EmbeddingItem& item) {
    if (const auto* text = std::get_if<std::string>(&item)) {
      json_.begin_object().field("text", *text).end_object();
      return {};
    }
    const auto* parts = std::get_if<std::vector<Part>>(&item);
    if (parts == nullptr) {
      return fail(unsupported("input", "holds tokens of another vendor's vocabulary"));
    }
    for (const Part& part : *parts) {
      if (Result<void> done = write_part(part); !done) return done;
    }
    return {};
  }

  Result<void> write_part(const Part& part) {
    if (const auto* text = std::get_if<Text>(&part.body)) {
      json_.begin_object().field("text", text->text).end_object();
      return {};
    }
    const Media* found = media_of(part);
    if (found == nullptr || (!target_.own() && !found->file_id.empty())) {
      return fail(unsupported("input", "holds something that Gemini cannot embed"));
    }
    Media media = *found;
    media.media_type = media_type_of(part);
    json_.begin_object();
    write_media(json_, media, {});
    json_.end_object();
    return {};
  }

  JsonWriter& json_;
  const Target& target_;
  const EmbeddingInput& input_;
  std::string_view task_;
};

}  // namespace

Result<void> write_embeddings(JsonWriter& json, const Target& target, bool predict) {
  EmbeddingWriter writer(json, target);
  if (Result<void> fine = writer.settle(predict); !fine) return fine;
  return predict ? writer.write_instances() : writer.write_requests();
}

}  // namespace wye::gemini
