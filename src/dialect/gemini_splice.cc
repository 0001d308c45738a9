// Gemini splice: the provider's body is the client's, byte for byte, because the model stands in
// the path. Edited are only a model that the body names, too, the task among the labels, and
// thoughts that are not to be asked for. Pure.
#include "dialect/gemini.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_route.h"

namespace wye::gemini {
namespace {

JsonSpan span_of(Span span) { return {span.offset, span.length}; }

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// Vertex knows labels, but not the task that we read from them; the Gemini API knows none.
void edit_labels(const Ask& ask, const Provider& provider, Edits& edits,
                 std::vector<std::string>& dropped) {
  if (!ask.labels_member.present()) return;
  if (provider.hosting != Hosting::vertex) {
    edits.remove_member(span_of(ask.labels_member));
    if (!ask.facts.metadata.empty()) dropped.emplace_back("labels");
  } else if (ask.task_metadata_member.present()) {
    edits.remove_member(span_of(ask.task_metadata_member));
  }
}

// Each request of a batch names its model, and it must be that of the path. Such bodies are rare
// and short beside their answers, so that they are read again instead of marked beforehand.
void edit_batch(const Ask& ask, std::string_view name, Edits& edits) {
  JsonReader reader;
  (void)reader.read_object(ask.body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (member.key != "requests") return {};
      walk::elements_if(member.value, [&](JsonValue& request) {
        walk::members_if(request, [&](walk::Member& each) {
          if (each.key == "model") edits.replace(value_span(ask.body, each.value), name);
        });
      });
      return {};
    });
  });
}

Method method_of(const Ask& ask) {
  if (ask.facts.endpoint == Endpoint::count_tokens) return Method::count_tokens;
  if (ask.facts.endpoint == Endpoint::embeddings) {
    return ask.embedding_single ? Method::embed : Method::batch_embed;
  }
  return ask.facts.stream ? Method::stream : Method::generate;
}

bool is_embedded_by_vertex(const Ask& ask, const Provider& provider) {
  return ask.facts.endpoint == Endpoint::embeddings && provider.hosting == Hosting::vertex;
}

}  // namespace

bool can_splice(const Ask& ask, const Provider& provider) {
  return !is_embedded_by_vertex(ask, provider) && !(ask.zdr && ask.says_store);
}

bool passes_answer(const Ask& ask, const Provider& provider) {
  return !is_embedded_by_vertex(ask, provider);
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning) {
  ProviderRequest request;
  const Method method = method_of(ask);
  request.path = path_of(deployment.model, method);
  request.stream = ask.facts.stream;

  Edits edits;
  const std::string name = json_text(resource_name(deployment.model));
  if (ask.model.present()) edits.replace(span_of(ask.model), name);
  edit_labels(ask, provider, edits, request.dropped);
  if (drop_reasoning && ask.thinking_member.present()) {
    edits.remove_member(span_of(ask.thinking_member));
  }
  if (method == Method::batch_embed) edit_batch(ask, name, edits);
  if (edits.empty()) {
    request.body.emplace_back(ask.body);
  } else {
    request.body.emplace_back(request.owned.emplace_back(edits.apply(ask.body)));
  }
  request.body_bytes = request.body.front().size();
  return request;
}

}  // namespace wye::gemini
