// OpenAI write ask: a request of another dialect (or one that was changed) as OpenAI's JSON. Pure.
#include <algorithm>

#include "dialect/foreign.h"
#include "dialect/openai.h"
#include "dialect/openai_ask_parts.h"
#include "dialect/openai_habits.h"
#include "dialect/openai_parts.h"
#include "dialect/reserved.h"
#include "dialect/take.h"
#include "dialect/writing.h"

namespace wye::openai {
namespace {

// A message of a user may hold answers of tools among its parts (Anthropic, Bedrock, Gemini); here
// each of them is a message of its own, and they come first.
bool holds_tool_results(const Message& message) {
  for (const Part& part : message.parts) {
    if (std::holds_alternative<ToolResult>(part.body)) {
      return message.role != Role::tool || message.parts.size() > 1;
    }
  }
  return false;
}

bool is_text(const Part& part) {
  return std::holds_alternative<Text>(part.body) || std::holds_alternative<Declined>(part.body);
}

// Whose chat knows all of OpenAI's words; many others refuse what they do not know.
bool knows_openai_members(const Provider& provider) {
  return provider.kind == "openai" || provider.kind == "azure" || provider.kind == "openrouter";
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Ask& ask, const Deployment& deployment,
            const Provider& provider)
      : json_(out),
        content_(content),
        ask_(ask),
        deployment_(deployment),
        provider_(provider),
        options_{
            .own = content.origin == DialectId::openai,
            .cache_control = content.origin == DialectId::openai || provider.kind == "openrouter",
            .reasoning = content.origin == DialectId::openai} {}

  Result<void> write() {
    json_.begin_object();
    json_.field("model", deployment_.model);
    Result<void> done;
    content_.endpoint == Endpoint::embeddings ? void(done = write_embeddings()) : write_chat();
    if (!done) return done;
    write_user();
    options_.own ? write_own() : write_foreign();
    write_store();
    json_.end_object();
    return {};
  }

  std::vector<std::string> dropped;

 private:
  void write_user() {
    if (content_.user.empty()) return;
    provider_.habits.user ? void(json_.field("user", content_.user)) : add_dropped(dropped, "user");
  }

  // Who may serve a request, and who may keep it, is the policy's choice.
  void write_own() { write_extra(json_, permitted(content_.extra, ask_, provider_, dropped)); }

  // What a client of another dialect said beyond the hub's words.
  void write_foreign() {
    Settings without{Setting::shown_thoughts,    Setting::hidden_thoughts, Setting::thought_summary,
                     Setting::embedding_purpose, Setting::top_k,           Setting::min_p};
    // Where they are known they stand on parts of messages and nowhere else.
    const bool elsewhere =
        content_.cache || std::any_of(content_.tools.begin(), content_.tools.end(),
                                      [](const Tool& tool) { return tool.cache.has_value(); });
    if (!options_.cache_control || elsewhere) without.insert(Setting::cache_marks);
    drop_settings(content_, without, dropped);
    if (!shares_members()) return drop_extra(content_, dropped);
    for (const ExtraMember& member : permitted(content_.extra, ask_, provider_, dropped)) {
      if (is_openai_member(member.name)) json_.key(member.name).raw(member.json);
      if (member.name == verbosity) json_.key("verbosity").raw(member.json);
    }
    drop_extra(content_, dropped,
               [](std::string_view name) { return is_openai_member(name) || name == verbosity; });
  }

  // Whether members of a client of Responses are known here, too.
  bool shares_members() const {
    return content_.origin == DialectId::openai_responses && knows_openai_members(provider_);
  }

  // Where nothing may be kept this is said wherever the client said something of it, and where
  // silence would be taken for consent.
  void write_store() {
    if (!ask_.zdr || content_.endpoint != Endpoint::chat) return;
    const bool carried = options_.own || shares_members();
    const bool said = carried && find_extra(content_.extra, store_member) != nullptr;
    if (said || keeps_unasked(provider_)) json_.field(store_member, false);
  }

  void write_chat() {
    json_.key("messages").begin_array();
    for (const Message& message : content_.messages) write_turn(message);
    json_.end_array();
    const AskTarget target{content_, deployment_, provider_};
    write_tools(json_, target, dropped);
    write_format(json_, target);
    write_reasoning(json_, target, dropped);
    write_sampling();
    write_stop();
    if (content_.stream) write_stream();
  }

  void write_one(const Message& message) {
    json_.begin_object();
    if (fits(message, provider_.habits)) {
      write_message(json_, message, options_);
    } else {
      write_message(json_, fitted(message, provider_.habits), options_);
    }
    if (shall_be_continued(message)) json_.field(provider_.habits.prefix_flag, true);
    json_.end_object();
  }

  // The answer of such a provider goes on from a last turn of the model's own, if that is asked
  // for.
  bool shall_be_continued(const Message& message) const {
    const std::string& flag = provider_.habits.prefix_flag;
    return !flag.empty() && &message == &content_.messages.back() &&
           message.role == Role::assistant && find_extra(message.extra, flag) == nullptr;
  }

  void write_turn(const Message& message) {
    if (!holds_tool_results(message)) return write_one(message);
    Message rest;
    rest.role = Role::user;
    for (const Part& part : message.parts) {
      const auto* result = std::get_if<ToolResult>(&part.body);
      if (result == nullptr) {
        rest.parts.push_back(part);
        continue;
      }
      // Only text may answer a tool here; the user shows the rest.
      Message answer;
      answer.role = Role::tool;
      ToolResult texts{.call_id = result->call_id, .name = {}, .parts = {}};
      std::vector<Part> others;
      for (const Part& each : result->parts) (is_text(each) ? texts.parts : others).push_back(each);
      rest.parts.insert(rest.parts.begin(), others.begin(), others.end());
      if (texts.parts.empty()) texts.parts.emplace_back().body = Text{};
      answer.parts.emplace_back().body = std::move(texts);
      write_one(answer);
    }
    if (!rest.parts.empty()) write_one(rest);
  }

  template <class T>
  void write_if(std::string_view name, const std::optional<T>& value) {
    if (value) json_.field(name, *value);
  }

  void write_sampling() {
    const Sampling& sampling = content_.sampling;
    write_if("temperature", sampling.temperature);
    write_if("top_p", sampling.top_p);
    write_if("presence_penalty", sampling.presence_penalty);
    write_if("frequency_penalty", sampling.frequency_penalty);
    write_if(provider_.habits.random_seed ? "random_seed" : "seed", sampling.seed);
    if (options_.own) {  // not OpenAI's; others refuse or ignore what they do not know
      write_if("top_k", sampling.top_k);
      write_if("min_p", sampling.min_p);
    }
    write_if(limit_name(), content_.output_tokens_max);
    write_if("n", content_.choices);
    // The number alone is refused here; elsewhere it is enough.
    const bool implied = !options_.own && content_.top_logprobs && !content_.logprobs;
    write_if("logprobs", implied ? std::optional(true) : content_.logprobs);
    write_if("top_logprobs", content_.top_logprobs);
  }

  // OpenAI's reasoning models refuse the old name, many others know no other.
  std::string_view limit_name() const {
    const OutputLimit limit = provider_.habits.output_limit;
    if (options_.own && limit != OutputLimit::max_tokens) {
      return content_.output_tokens_form.empty() ? "max_completion_tokens" : "max_tokens";
    }
    return limit == OutputLimit::max_completion_tokens ? "max_completion_tokens" : "max_tokens";
  }

  void write_stop() {
    if (content_.stop.empty()) return;
    json_.key("stop");
    if (content_.stop_form == "single") {
      json_.value(content_.stop.front());
      return;
    }
    json_.begin_array();
    // OpenAI's own limit; others of the family have larger ones, or none.
    const bool limited = provider_.kind == "openai" || provider_.kind == "azure";
    const std::size_t stops_max = limited ? 4 : content_.stop.size();
    for (const std::string& each : stops_for(content_, stops_max, dropped)) json_.value(each);
    json_.end_array();
  }

  void write_stream() {
    json_.field("stream", true);
    if (!provider_.habits.stream_options) return;
    const bool usage = provider_.stream_usage == StreamUsage::option || ask_.client_wants_usage;
    const bool others = options_.own && has_extra(content_.extra, "stream_options");
    if (!usage && !others) return;
    json_.key("stream_options").begin_object();
    if (usage) json_.field("include_usage", true);
    if (others) write_extra(json_, content_.extra, "stream_options");
    json_.end_object();
  }

  Result<void> write_embeddings() {
    const EmbeddingInput& input = content_.embedding;
    if (!input.items.empty()) {
      json_.key("input");
      if (!input.single) json_.begin_array();
      for (const EmbeddingItem& item : input.items) {
        if (!is_embeddable(item)) {
          return unsupported("input", "input must be texts or tokens for this provider.");
        }
        write_item(item);
      }
      if (!input.single) json_.end_array();
    }
    write_if("dimensions", input.dimensions);
    if (!input.encoding.empty()) json_.field("encoding_format", input.encoding);
    return {};
  }

  static bool is_embeddable(const EmbeddingItem& item) {
    const auto* parts = std::get_if<std::vector<Part>>(&item);
    return parts == nullptr || std::all_of(parts->begin(), parts->end(), is_text);
  }

  void write_item(const EmbeddingItem& item) {
    if (const auto* text = std::get_if<std::string>(&item)) {
      json_.value(*text);
    } else if (const auto* tokens = std::get_if<std::vector<std::int64_t>>(&item)) {
      json_.begin_array();
      for (const std::int64_t token : *tokens) json_.value(token);
      json_.end_array();
    } else {
      json_.value(text_of(std::get<std::vector<Part>>(item)));
    }
  }

  // In Responses it stands within `text`.
  static constexpr std::string_view verbosity = "text\x1fverbosity";

  JsonWriter json_;
  const Content& content_;
  const Ask& ask_;
  const Deployment& deployment_;
  const Provider& provider_;
  WriteOptions options_;
};

Result<void> check(const Content& content) {
  if (content.endpoint != Endpoint::chat && content.endpoint != Endpoint::embeddings) {
    return unsupported("endpoint", std::string(to_string(content.endpoint)) +
                                       " is not offered by providers of OpenAI's chat.");
  }
  return content.origin == DialectId::openai ? Result<void>() : check_crossing(content);
}

}  // namespace

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider) {
  if (Result<void> fine = check(content); !fine) return fail(std::move(fine.error()));
  ProviderRequest request;
  request.path = path_of(content.endpoint, deployment, provider);
  request.stream = content.stream;
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  AskWriter writer(body, content, ask, deployment, provider);
  if (Result<void> done = writer.write(); !done) return fail(std::move(done.error()));
  request.dropped = std::move(writer.dropped);
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::openai
