// Anthropic splice: the provider's body made of the client's. Mostly only the model's name differs,
// and then nothing is copied; members are cut out and put in by wire/splice.h. Pure.
#include "dialect/anthropic.h"
#include "dialect/anthropic_parts.h"
#include "dialect/anthropic_target.h"
#include "dialect/anthropic_thinking.h"
#include "dialect/reserved.h"
#include "wire/splice.h"

namespace wye::anthropic {
namespace {

JsonSpan to_json_span(Span span) { return {span.offset, span.length}; }

// From the key's opening quote to the end of the value. No key of that name has a quote in it,
// however it is escaped.
JsonSpan model_member(const Ask& ask) {
  const std::string_view body = ask.body;
  const std::size_t key_end = body.rfind('"', ask.model.offset - 1);
  const std::size_t key_start = body.rfind('"', key_end - 1);
  return {key_start, ask.model.offset + ask.model.length - key_start};
}

Edits edits_of(const Ask& ask, const Provider& provider, bool drop_reasoning) {
  Edits edits;
  if (ask.task_metadata_member.present()) {
    edits.remove_member(to_json_span(ask.task_metadata_member));
  }
  if (drop_reasoning && ask.thinking_member.present()) {
    edits.remove_member(to_json_span(ask.thinking_member));
  }
  if (drop_reasoning && ask.reasoning_effort_member.present()) {
    edits.remove_member(to_json_span(ask.reasoning_effort_member));
  }
  if (provider.hosting == Hosting::vertex) {
    std::string version;
    append_json_string(version, vertex_version);
    edits.insert_member(ask.object_start - 1, "anthropic_version", version);
    if (model_in_path(ask.facts.endpoint, provider)) edits.remove_member(model_member(ask));
  }
  return edits;
}

// Signatures of other makers came back with the conversation: their blocks must go, and the ids
// that carried them be as they were.
Result<ProviderRequest> rebuilt(const Ask& ask, const Deployment& deployment,
                                const Provider& provider, bool drop_reasoning) {
  JsonReader reader;
  Result<Content> content = read_content(reader, ask);
  if (!content) return fail(std::move(content.error()));
  const WriteOptions options;
  if (drop_reasoning ||
      (content->reasoning.budget_tokens && lacks_thought(arrange(*content, options)))) {
    content->reasoning = {};
  }
  return write_ask(*content, ask, deployment, provider);
}

void cut(const Ask& ask, ProviderRequest& request) {
  const std::string_view body = ask.body;
  request.body = {body.substr(0, ask.model.offset), request.owned.front(),
                  body.substr(ask.model.offset + ask.model.length)};
}

}  // namespace

bool can_splice(const Ask& ask, const Provider& provider) {
  return !names_destination(ask, provider);
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning) {
  if (ask.carries_signatures) {
    if (auto made = rebuilt(ask, deployment, provider, drop_reasoning)) return std::move(*made);
  }
  ProviderRequest request;
  address(request, ask, deployment, provider, ask.system_among_messages);
  std::string& text = request.owned.emplace_back();
  append_json_string(text, deployment.model);
  Edits edits = edits_of(ask, provider, drop_reasoning);
  if (edits.empty()) {
    cut(ask, request);
  } else {
    if (!model_in_path(ask.facts.endpoint, provider)) edits.replace(to_json_span(ask.model), text);
    text = edits.apply(ask.body);
    request.body = {text};
  }
  for (const std::string_view piece : request.body) request.body_bytes += piece.size();
  return request;
}

}  // namespace wye::anthropic
