// Responses splice: the provider's body made of the client's, by cutting and inserting. Only what
// must differ differs: the model's name, the gateway's own metadata, thoughts of other makers that
// a client brought back, and what the policy does not leave to a client. The rest is sent as the
// client wrote it. Pure.
#include <utility>

#include "core/signature.h"
#include "dialect/json_walk.h"
#include "dialect/reserved.h"
#include "dialect/responses.h"
#include "dialect/responses_crossing.h"
#include "dialect/writing.h"

namespace wye::responses {
namespace {

JsonSpan json_span(Span span) { return {span.offset, span.length}; }

// What the gateway put into an answer of another maker, and what no provider of this dialect takes:
// thoughts that are not its own, and ids with a signature in them, which are too long.
class ForeignCutter {
 public:
  ForeignCutter(std::string_view body, Edits& edits) : body_(body), edits_(edits) {}

  void cut(JsonObject& root) {
    (void)walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (member.key == "input") {
        walk::elements_if(member.value, [&](JsonValue& item) { cut_item(item); });
      }
      return {};
    });
  }

 private:
  void cut_item(JsonValue& item) {
    const JsonSpan whole = value_span(body_, item);
    bool reasoning = false, foreign = false, made = false, proven = false;
    walk::members_if(item, [&](walk::Member& member) {
      if (member.key == "call_id") return cut_id(member.value);
      if (member.key == "type") reasoning = walk::token(member.value) == "\"reasoning\"";
      const auto text = walk::string_if(member.value);
      if (!text) return;
      if (member.key == "id") made = text->starts_with(made_reasoning);
      if (member.key != "encrypted_content") return;
      const Signature signature = brought_back(*text, own_name);
      proven = !signature.empty();
      foreign = proven && signature.maker != own_name;
    });
    if (reasoning && (foreign || (made && !proven))) edits_.remove_member(whole);
  }

  void cut_id(JsonValue& value) {
    const JsonSpan span = value_span(body_, value);
    const auto text = walk::string_if(value);
    if (!text) return;
    const IdAndSignature id = split_id(*text);
    if (id.signature.empty()) return;
    std::string json;
    append_json_string(json, id.id);
    edits_.replace(span, json);
  }

  std::string_view body_;
  Edits& edits_;
};

// Nearly no request has any, and those that have one pay for a second look.
bool may_have_foreign(std::string_view body) {
  return body.find("wye1.") != std::string_view::npos ||
         body.find(made_reasoning) != std::string_view::npos;
}

void cut_foreign(std::string_view body, Edits& edits) {
  if (!may_have_foreign(body)) return;
  JsonReader reader;
  (void)reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    ForeignCutter(body, edits).cut(root);
    return {};
  });
}

// Cuts what would choose who serves the request in the end, says that nothing is to be kept where
// nothing may be, and tells what the client said otherwise.
class ReservedCutter {
 public:
  ReservedCutter(const Ask& ask, const Provider& provider, Edits& edits,
                 std::vector<std::string>& dropped)
      : ask_(ask), provider_(provider), edits_(edits), dropped_(dropped) {}

  bool has_work() const { return ask_.zdr || names_destination(ask_, provider_); }

  void cut(JsonObject& root) {
    bool said = false;
    (void)walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (sends_on(provider_) && is_destination(member.key)) cut_destination(member);
      if (!ask_.zdr || member.key != store_member) return {};
      said = true;
      set_store(member.value);
      return {};
    });
    // Silence asks for it.
    if (ask_.zdr && !said) edits_.insert_member(ask_.object_start - 1, store_member, "false");
  }

 private:
  void cut_destination(walk::Member& member) {
    edits_.remove_member(member_span(ask_.body, member.value));
    add_dropped(dropped_, member.key);
  }

  void set_store(JsonValue& value) {
    if (asks_to_store(walk::token(value))) add_dropped(dropped_, store_member);
    edits_.replace(value_span(ask_.body, value), "false");
  }

  const Ask& ask_;
  const Provider& provider_;
  Edits& edits_;
  std::vector<std::string>& dropped_;
};

void cut_reserved(const Ask& ask, const Provider& provider, Edits& edits,
                  std::vector<std::string>& dropped) {
  ReservedCutter cutter(ask, provider, edits, dropped);
  if (!cutter.has_work()) return;
  JsonReader reader;
  (void)reader.read_object(ask.body, [&](JsonObject& root) -> Result<void> {
    cutter.cut(root);
    return {};
  });
}

}  // namespace

// What may not be kept is not passed on: read_content refuses it, and says why.
bool can_splice(const Ask& ask, const Provider&) { return may_be_kept(ask).has_value(); }

// Azure's older paths name their version, its newer base ends in /v1 and needs none.
std::string path_of(const Provider& provider) {
  std::string path = "/responses";
  if (provider.hosting == Hosting::azure && !provider.api_version.empty()) {
    path.append("?api-version=").append(provider.api_version);
  }
  return path;
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning) {
  Edits edits;
  std::string model;
  append_json_string(model, deployment.model);
  edits.replace(json_span(ask.model), model);
  if (ask.task_metadata_member.present()) edits.remove_member(json_span(ask.task_metadata_member));
  if (drop_reasoning && ask.reasoning_member.present()) {
    edits.remove_member(json_span(ask.reasoning_member));
  }
  cut_foreign(ask.body, edits);

  ProviderRequest request;
  cut_reserved(ask, provider, edits, request.dropped);
  request.path = path_of(provider);
  request.stream = ask.facts.stream;
  request.owned.push_back(edits.apply(ask.body));
  request.body.push_back(request.owned.back());
  request.body_bytes = request.owned.back().size();
  return request;
}

}  // namespace wye::responses
