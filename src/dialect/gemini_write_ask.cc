// Gemini write ask: a request of another dialect (or one that was changed) as Gemini's JSON. Pure.
#include <algorithm>

#include <fmt/format.h>

#include "dialect/foreign.h"
#include "dialect/gemini.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_route.h"
#include "dialect/gemini_write.h"
#include "dialect/reserved.h"
#include "dialect/writing.h"

namespace wye::gemini {
namespace {

// What another dialect's client said beyond Gemini's words.
void drop_foreign(const Target& target) {
  drop_settings(target.content,
                {Setting::min_p, Setting::user, Setting::parallel_calls, Setting::strict_tools,
                 Setting::cache_marks, Setting::thought_summary, Setting::format_description},
                target.dropped);
  drop_extra(target.content, target.dropped);
}

// Labels are Vertex's alone; the Gemini API refuses what it does not know. Whether anything is
// stored where nobody says so is a setting of the operator's project.
void write_own_extra(JsonWriter& json, const Target& target) {
  const Extra& extra = target.content.extra;
  if (target.ask.zdr && find_extra(extra, store_member) != nullptr) json.field(store_member, false);
  for (const ExtraMember& member : permitted(extra, target.ask, target.provider, target.dropped)) {
    if (member.name.find(take::within) != std::string::npos) continue;
    if (member.name == "labels" && !target.vertex()) {
      target.drop("labels");
    } else {
      json.key(member.name).raw(member.json);
    }
  }
}

Result<void> write_request(JsonWriter& json, const Target& target) {
  if (Result<void> done = write_conversation(json, target); !done) return done;
  if (Result<void> done = write_config(json, target); !done) return done;
  target.own() ? write_own_extra(json, target) : drop_foreign(target);
  return {};
}

// The Gemini API counts more than a conversation only when a whole request is wrapped up.
Result<void> write_count(JsonWriter& json, const Target& target) {
  const Content& content = target.content;
  const bool plain =
      content.tools.empty() &&
      std::none_of(content.messages.begin(), content.messages.end(), [](const Message& each) {
        return each.role == Role::system || each.role == Role::developer;
      });
  if (target.vertex()) return write_request(json, target);
  if (plain) return write_conversation(json, target);
  json.key("generateContentRequest").begin_object();
  json.field("model", resource_name(target.deployment.model));
  Result<void> done = write_request(json, target);
  json.end_object();
  return done;
}

// Vertex serves its older models of embeddings by `predict` only.
bool by_predict(const Target& target) {
  return target.vertex() && target.deployment.model.find("gemini-embedding-2") == std::string::npos;
}

Method method_of(const Target& target) {
  const Content& content = target.content;
  if (content.endpoint == Endpoint::count_tokens) return Method::count_tokens;
  if (content.endpoint != Endpoint::embeddings) {
    return content.stream ? Method::stream : Method::generate;
  }
  if (by_predict(target)) return Method::predict;
  const bool one = target.own() && content.embedding.single && content.embedding.items.size() == 1;
  return one ? Method::embed : Method::batch_embed;
}

Result<void> write_body(JsonWriter& json, const Target& target, Method method) {
  json.begin_object();
  Result<void> done;
  if (method == Method::count_tokens) {
    done = write_count(json, target);
  } else if (target.content.endpoint == Endpoint::embeddings) {
    done = write_embeddings(json, target, method == Method::predict);
  } else {
    done = write_request(json, target);
  }
  json.end_object();
  return done;
}

}  // namespace

void Target::drop(std::string_view name) const { add_dropped(dropped, name); }

Fault unsupported(std::string_view path, std::string_view why) {
  Fault out = fault(FaultKind::bad_request, fmt::format("{} {}", path, why));
  out.param = path;
  out.code = "unsupported_parameter";
  return out;
}

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider) {
  if (content.endpoint == Endpoint::rerank || content.endpoint == Endpoint::moderations) {
    return fail(unsupported(to_string(content.endpoint), "is nothing that Gemini can do"));
  }
  if (content.origin != DialectId::gemini) {
    if (Result<void> fine = check_crossing(content); !fine) return fail(std::move(fine.error()));
  }
  ProviderRequest request;
  JsonReader reader;
  const Target target{.content = content,
                      .ask = ask,
                      .deployment = deployment,
                      .provider = provider,
                      .reader = reader,
                      .dropped = request.dropped,
                      .model = traits_of(deployment.model)};
  const Method method = method_of(target);
  request.path = path_of(deployment.model, method);
  request.stream = method == Method::stream;
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  JsonWriter json(body);
  if (Result<void> done = write_body(json, target, method); !done) {
    return fail(std::move(done.error()));
  }
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::gemini
