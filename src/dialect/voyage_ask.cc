// Voyage ask: rerank requests of clients, and requests for Voyage. Pure.
#include "dialect/embedding_purpose.h"
#include "dialect/foreign.h"
#include "dialect/rerank.h"
#include "dialect/take.h"
#include "dialect/voyage.h"
#include "dialect/writing.h"
#include "wire/splice.h"

namespace wye::voyage {
namespace {

std::string_view path_of(Endpoint endpoint) {
  return endpoint == Endpoint::rerank ? "/rerank" : "/embeddings";
}

// Voyage knows two purposes; without one it puts no instruction before the text.
std::string_view input_type(std::string_view purpose) {
  switch (embedding_purpose_from(purpose)) {
    case EmbeddingPurpose::query: return "query";
    case EmbeddingPurpose::document: return "document";
    case EmbeddingPurpose::unset:
    case EmbeddingPurpose::classification:
    case EmbeddingPurpose::clustering:
    case EmbeddingPurpose::other: break;
  }
  return {};
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Deployment& deployment)
      : json_(out),
        content_(content),
        deployment_(deployment),
        own_(content.origin == DialectId::voyage) {}

  Result<void> write() {
    json_.begin_object().field("model", deployment_.model);
    if (content_.endpoint == Endpoint::rerank) {
      write_rerank(json_, content_.rerank, {.top_n = "top_k", .return_documents = true}, dropped);
    } else if (Result<void> done = write_embeddings(); !done) {
      return done;
    }
    if (own_) take::write_extra(json_, content_.extra);
    if (!own_) drop_extra(content_, dropped);
    drop_settings(content_, {Setting::user}, dropped);
    json_.end_object();
    return {};
  }

  std::vector<std::string> dropped;

 private:
  Result<void> write_embeddings() {
    const EmbeddingInput& input = content_.embedding;
    json_.key("input").begin_array();
    for (const EmbeddingItem& item : input.items) {
      const auto* text = std::get_if<std::string>(&item);
      if (text == nullptr) {
        return unsupported("input", "input must be texts: Voyage embeds neither tokens nor files.");
      }
      json_.value(*text);
    }
    json_.end_array();
    const std::string_view type = input_type(input.purpose);
    if (!type.empty()) json_.field("input_type", type);
    if (type.empty() && !input.purpose.empty()) add_dropped(dropped, "input_type");
    if (input.dimensions) json_.field("output_dimension", *input.dimensions);
    if (input.encoding == "base64") json_.field("encoding_format", "base64");
    return {};
  }

  JsonWriter json_;
  const Content& content_;
  const Deployment& deployment_;
  bool own_;
};

}  // namespace

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  if (inbound.endpoint != Endpoint::rerank) {
    return fail(FaultKind::not_available, "Only rerank requests are read in this format.");
  }
  return read_rerank_ask(reader, DialectId::voyage, std::move(body));
}

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  return read_rerank_content(reader, ask);
}

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider&) {
  if (content.endpoint != Endpoint::rerank && content.endpoint != Endpoint::embeddings) {
    return unsupported("messages", "Voyage answers embeddings and rerank requests only.");
  }
  std::string body;
  body.reserve(ask.body.size() + 128);
  AskWriter writer(body, content, deployment);
  if (Result<void> written = writer.write(); !written) return fail(std::move(written.error()));
  ProviderRequest request =
      whole_request(std::string(path_of(content.endpoint)), std::move(body), false);
  request.dropped = std::move(writer.dropped);
  return request;
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider&, bool) {
  Edits edits;
  std::string model;
  append_json_string(model, deployment.model);
  edits.replace({ask.model.offset, ask.model.length}, model);
  if (ask.top_n_name.present()) {
    edits.replace({ask.top_n_name.offset, ask.top_n_name.length}, R"("top_k")");
  }
  return whole_request(std::string(path_of(ask.facts.endpoint)), edits.apply(ask.body), false);
}

}  // namespace wye::voyage
