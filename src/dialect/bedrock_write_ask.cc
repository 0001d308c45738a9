// Bedrock write ask: a request of any dialect as one of Converse. Pure.
#include <algorithm>

#include <fmt/format.h>

#include "dialect/bedrock.h"
#include "dialect/bedrock_embed.h"
#include "dialect/bedrock_write.h"
#include "dialect/foreign.h"
#include "dialect/json_walk.h"
#include "dialect/writing.h"
#include "wire/url_encode.h"

namespace wye::bedrock {
namespace {

// Converse's own words, which mean nothing to anybody else; clients send them for Bedrock's sake.
bool is_native(std::string_view name) {
  return name == "guardrailConfig" || name == "performanceConfig";
}

// Carried, or without a meaning here.
bool is_settled(std::string_view name) {
  return is_native(name) || name == "service_tier" || name == "modalities";
}

// How the output's format is to be kept; a Fault when this model cannot.
Result<Format> format_for(const Content& content, const ModelTraits& traits) {
  const OutputFormat& format = content.output;
  using Kind = OutputFormat::Kind;
  if (format.kind == Kind::unset || format.kind == Kind::text) return Format::free;
  if (format.kind == Kind::json_schema && traits.schema_output && !format.schema.empty()) {
    return Format::native;
  }
  if (traits.forced_tools) return Format::tool;
  return fail(unsupported("response_format", "cannot be kept by this model"));
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Writing& writing)
      : json_(out), writing_(writing), content_(writing.content) {}

  // What is counted is the prompt: CountTokens refuses settings of the answer.
  Result<void> write_count() {
    json_.begin_object().key("input").begin_object().key("converse").begin_object();
    if (Result<void> done = write_messages(json_, writing_); !done) return done;
    if (Result<void> done = write_tools(json_, writing_); !done) return done;
    json_.end_object().end_object().end_object();
    return {};
  }

  Result<void> write_embedding(std::string_view id) {
    json_.begin_object();
    if (Result<void> done = write_embeddings(json_, writing_, id); !done) return done;
    drop_settings(content_, {Setting::user}, *writing_.dropped);
    drop_extra(content_, *writing_.dropped);
    json_.end_object();
    return {};
  }

  Result<void> write_chat() {
    json_.begin_object();
    if (Result<void> done = write_messages(json_, writing_); !done) return done;
    if (Result<void> done = write_tools(json_, writing_); !done) return done;
    write_settings(json_, writing_);
    if (writing_.format == Format::native) write_schema();
    write_others();
    drop_the_rest();
    json_.end_object();
    return {};
  }

 private:
  void write_schema() {
    const OutputFormat& format = content_.output;
    json_.key("outputConfig").begin_object().key("textFormat").begin_object();
    json_.field("type", "json_schema").key("structure").begin_object();
    json_.key("jsonSchema").begin_object().field("schema", format.schema);  // a text, here
    if (!format.name.empty()) json_.field("name", format.name);
    if (!format.description.empty()) json_.field("description", format.description);
    json_.end_object().end_object().end_object().end_object();
  }

  void write_others() {
    for (const ExtraMember& member : content_.extra) {
      if (member.name == "service_tier") write_tier(member.json);
      if (!is_native(member.name)) continue;
      if (member.json.starts_with('{')) {
        json_.key(member.name).raw(member.json);
      } else if (member.json != "null") {
        writing_.drop(member.name);
      }
    }
    drop_extra(content_, *writing_.dropped, is_settled);
  }

  void write_tier(std::string_view tier) {
    if (tier == "\"flex\"" || tier == "\"priority\"") {
      json_.key("serviceTier").begin_object().key("type").raw(tier).end_object();
    } else if (tier != "\"auto\"" && tier != "\"default\"" && tier != "\"standard_only\"" &&
               tier != "null") {
      writing_.drop("service_tier");
    }
  }

  void drop_the_rest() {
    Settings without{Setting::seed,
                     Setting::min_p,
                     Setting::presence_penalty,
                     Setting::frequency_penalty,
                     Setting::logprobs,
                     Setting::top_logprobs,
                     Setting::user,
                     Setting::hidden_thoughts,
                     Setting::thought_summary};
    if (!writing_.traits.schema_output) without.insert(Setting::strict_tools);
    drop_settings(content_, without, *writing_.dropped);
  }

  JsonWriter json_;
  const Writing& writing_;
  const Content& content_;
};

Result<void> check(const Content& content, const ModelTraits& traits) {
  const Endpoint endpoint = content.endpoint;
  const bool counted = endpoint == Endpoint::count_tokens && traits.claude;
  if (endpoint != Endpoint::chat && endpoint != Endpoint::embeddings && !counted) {
    return fail(unsupported("endpoint", "is not one that Bedrock has for this model"));
  }
  if (content.choices.value_or(1) > 1) {
    return fail(unsupported("n", "must be 1: Bedrock gives one answer"));
  }
  return check_crossing(content);
}

}  // namespace

void Writing::drop(std::string_view member) const { add_dropped(*dropped, member); }

Fault unsupported(std::string_view param, std::string_view why) {
  return walk::wrong_value(param, why, "unsupported_parameter");
}

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider&) {
  const ModelTraits traits = traits_of(deployment.model);
  if (Result<void> fine = check(content, traits); !fine) return fail(std::move(fine.error()));
  ProviderRequest request;
  Writing writing{
      .content = content,
      .traits = traits,
      .audio = deployment.abilities_known && deployment.abilities.has(Ability::audio_in),
      .dropped = &request.dropped};
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  AskWriter writer(body, writing);
  Result<void> done;
  std::string_view method = content.stream ? "/converse-stream" : "/converse";
  if (content.endpoint == Endpoint::embeddings) {
    method = "/invoke";
    done = writer.write_embedding(deployment.model);
  } else if (content.endpoint == Endpoint::count_tokens) {
    method = "/count-tokens";
    done = writer.write_count();
  } else {
    Result<Format> format = format_for(content, traits);
    if (!format) return fail(std::move(format.error()));
    writing.format = *format;
    done = writer.write_chat();
  }
  if (!done) return fail(std::move(done.error()));
  // An ARN's slashes and colons are part of the one segment that the model is.
  request.path = "/model/" + url_encode(deployment.model);
  request.path += method;
  request.stream = content.stream;
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::bedrock
