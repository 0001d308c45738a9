// Bedrock write ask: a request of any dialect as one of Converse. Pure.
#include <algorithm>

#include <fmt/format.h>

#include "dialect/bedrock.h"
#include "dialect/bedrock_write.h"
#include "dialect/json_walk.h"
#include "wire/url_encode.h"

namespace wye::bedrock {
namespace {

// Members of other dialects that say where the rest of the request is, or what else must happen.
// Without them another question would be answered.
constexpr std::string_view decisive[]{
    "audio",  "web_search_options", "mcp_servers", "previous_response_id", "conversation",
    "prompt", "cachedContent",      "background"};
// Converse's own words, which mean nothing to anybody else; clients send them for Bedrock's sake.
constexpr std::string_view native[]{"guardrailConfig", "performanceConfig"};

template <std::size_t size>
bool is_one_of(const std::string_view (&names)[size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Clients' libraries send members that say nothing. An empty object may say something: with
// web_search_options it says "search".
bool asks_nothing(const ExtraMember& member) {
  const std::string_view json = member.json;
  if (json == "null" || json == "[]" || json == "\"\"") return true;
  if (json == "{}") return !is_one_of(decisive, member.name);
  return json == "false" &&
         (member.name == "stream" || is_one_of(decisive, member.name) || member.name == "store");
}

// How the output's format is to be kept; a Fault when this model cannot.
Result<Format> format_for(const Content& content, const ModelTraits& traits) {
  const OutputFormat& format = content.output;
  using Kind = OutputFormat::Kind;
  if (!format.raw.empty()) {
    return fail(unsupported("response_format", "of this type is another provider's"));
  }
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

  Result<void> write() {
    json_.begin_object();
    if (Result<void> done = write_messages(json_, writing_); !done) return done;
    if (Result<void> done = write_tools(json_, writing_); !done) return done;
    write_settings(json_, writing_);
    if (writing_.format == Format::native) write_schema();
    if (Result<void> done = write_others(); !done) return done;
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

  Result<void> write_others() {
    for (const ExtraMember& member : content_.extra) {
      if (asks_nothing(member)) continue;
      if (is_one_of(decisive, member.name)) {
        return fail(unsupported(member.name, "has no counterpart at Bedrock"));
      }
      if (member.name == "modalities") {
        if (member.json.find("\"audio\"") == std::string::npos) continue;
        return fail(unsupported("modalities", "must not ask for audio: Converse answers in text"));
      }
      write_other(member);
    }
    return {};
  }

  void write_other(const ExtraMember& member) {
    if (is_one_of(native, member.name) && member.json.starts_with('{')) {
      json_.key(member.name).raw(member.json);
    } else if (member.name == "service_tier") {
      write_tier(member.json);
    } else {
      // Members of an object within are named by both, with a mark between.
      const std::string_view name =
          std::string_view(member.name).substr(0, member.name.find('\x1f'));
      if (name != "stream_options") writing_.drop(name);  // the stream is the client's dialect's
    }
  }

  void write_tier(std::string_view tier) {
    if (tier == "\"flex\"" || tier == "\"priority\"") {
      json_.key("serviceTier").begin_object().key("type").raw(tier).end_object();
    } else if (tier != "\"auto\"" && tier != "\"default\"" && tier != "\"standard_only\"") {
      writing_.drop("service_tier");
    }
  }

  template <class T>
  void drop_if(std::string_view name, const std::optional<T>& value) {
    if (value) writing_.drop(name);
  }

  void drop_the_rest() {
    drop_if("seed", content_.sampling.seed);
    drop_if("min_p", content_.sampling.min_p);
    drop_if("presence_penalty", content_.sampling.presence_penalty);
    drop_if("frequency_penalty", content_.sampling.frequency_penalty);
    if (content_.logprobs.value_or(false)) writing_.drop("logprobs");
    drop_if("top_logprobs", content_.top_logprobs);
    if (!content_.user.empty()) writing_.drop("user");
  }

  JsonWriter json_;
  const Writing& writing_;
  const Content& content_;
};

Result<void> check(const Content& content) {
  if (content.endpoint != Endpoint::chat) {
    return fail(unsupported("endpoint", "is not one that Converse has"));
  }
  if (content.choices.value_or(1) > 1) {
    return fail(unsupported("n", "must be 1: Bedrock gives one answer"));
  }
  return {};
}

}  // namespace

void Writing::drop(std::string_view member) const {
  if (std::find(dropped->begin(), dropped->end(), member) == dropped->end()) {
    dropped->emplace_back(member);
  }
}

Fault unsupported(std::string_view param, std::string_view why) {
  return walk::wrong_value(param, why, "unsupported_parameter");
}

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider&) {
  if (Result<void> fine = check(content); !fine) return fail(std::move(fine.error()));
  ProviderRequest request;
  Writing writing{
      .content = content,
      .traits = traits_of(deployment.model),
      .audio = deployment.abilities_known && deployment.abilities.has(Ability::audio_in),
      .dropped = &request.dropped};
  Result<Format> format = format_for(content, writing.traits);
  if (!format) return fail(std::move(format.error()));
  writing.format = *format;

  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  if (Result<void> done = AskWriter(body, writing).write(); !done) return fail(done.error());
  // An ARN's slashes and colons are part of the one segment that the model is.
  request.path = "/model/" + url_encode(deployment.model) +
                 (content.stream ? "/converse-stream" : "/converse");
  request.stream = content.stream;
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::bedrock
