// Cohere write ask: a request for Cohere, from content of any origin, or spliced from the body of a
// client of this dialect. Pure.
#include <algorithm>

#include "dialect/cohere.h"
#include "dialect/cohere_parts.h"
#include "dialect/embedding_purpose.h"
#include "dialect/foreign.h"
#include "dialect/function_tools.h"
#include "dialect/media_url.h"
#include "dialect/rerank.h"
#include "dialect/take.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::cohere {
namespace {

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Deployment& deployment)
      : json_(out),
        content_(content),
        deployment_(deployment),
        own_(content.origin == DialectId::cohere) {}

  Result<void> write() {
    json_.begin_object().field("model", deployment_.model);
    if (Result<void> done = write_endpoint(); !done) return done;
    if (own_) {
      take::write_extra(json_, content_.extra);
    } else {
      drop_settings(
          content_,
          {Setting::min_p, Setting::top_logprobs, Setting::user, Setting::cache_marks,
           Setting::hidden_thoughts, Setting::thought_summary, Setting::format_description},
          dropped);
      drop_extra(content_, dropped);
    }
    json_.end_object();
    return {};
  }

  std::vector<std::string> dropped;

 private:
  Result<void> write_endpoint() {
    if (content_.endpoint == Endpoint::embeddings) return write_embed();
    if (content_.endpoint != Endpoint::rerank) return write_chat();
    write_rerank(json_, content_.rerank,
                 {.top_n = "top_n",
                  .tokens_a_document_max = "max_tokens_per_doc",
                  .return_documents = own_,
                  .objects = own_},
                 dropped);
    return {};
  }

  Result<void> write_chat() {
    if (content_.choices.value_or(1) > 1) {
      return unsupported("n", "n must be 1: Cohere gives one answer to a request.");
    }
    if (Result<void> done = write_messages(); !done) return done;
    if (content_.stream) json_.field("stream", true);
    write_documents();
    write_tools();
    write_format();
    write_thinking();
    write_sampling();
    return {};
  }

  Result<void> write_messages() {
    const WriteOptions options{.own = own_, .thinking = reasons()};
    json_.key("messages").begin_array();
    for (const Turn& turn : turns_of(content_.messages)) {
      json_.begin_object();
      if (Result<void> done = write_turn(json_, turn, options, dropped); !done) return done;
      json_.end_object();
    }
    json_.end_array();
    return {};
  }

  void write_documents() {
    bool open = false;
    for (const Message& message : content_.messages) {
      for (const Part& part : message.parts) {
        if (!is_request_document(part, own_)) continue;
        if (!open) json_.key("documents").begin_array();
        open = true;
        write_document(json_, part);
      }
    }
    if (open) json_.end_array();
  }

  // One named tool is forced by showing no other.
  bool is_shown(const Tool& tool) const {
    const ToolChoice& choice = content_.tool_choice;
    if (choice.mode != ToolChoice::Mode::named || choice.names.empty()) return true;
    return std::find(choice.names.begin(), choice.names.end(), tool.name) != choice.names.end();
  }

  void write_tools() {
    using Mode = ToolChoice::Mode;
    bool open = false, strict = false;
    for (const Tool& tool : content_.tools) {
      if (!is_shown(tool)) continue;
      if (!tool.raw.empty() && !own_) {
        add_dropped(dropped, tool.search ? search_name : "tools");
        continue;
      }
      if (!open) json_.key("tools").begin_array();
      open = true;
      strict = strict || tool.strict.value_or(false);
      write_tool(tool);
    }
    if (!open) return;
    json_.end_array();
    const bool said = own_ && content_.tools.front().strict.has_value();
    if (strict || said) json_.field("strict_tools", strict);
    const ToolChoice& choice = content_.tool_choice;
    if (choice.parallel) add_dropped(dropped, "parallel_tool_calls");
    if (choice.mode == Mode::none) json_.field("tool_choice", "NONE");
    if (choice.mode == Mode::required || choice.mode == Mode::named) {
      json_.field("tool_choice", "REQUIRED");
    }
  }

  // Strictness is said once for all tools.
  void write_tool(const Tool& tool) {
    if (!tool.raw.empty()) {
      json_.raw(tool.raw);
      return;
    }
    Tool plain = tool;
    plain.strict.reset();
    write_function_tool(json_, plain, own_);
  }

  void write_format() {
    using Kind = OutputFormat::Kind;
    const OutputFormat& format = content_.output;
    if (format.kind == Kind::unset || (format.kind == Kind::text && !own_)) return;
    json_.key("response_format").begin_object();
    json_.field("type", format.kind == Kind::text ? "text" : "json_object");
    if (!format.schema.empty()) json_.key("json_schema").raw(format.schema);
    if (own_) take::write_extra(json_, format.extra);
    json_.end_object();
  }

  bool reasons() const {
    return own_ || !deployment_.abilities_known || deployment_.abilities.has(Ability::reasoning);
  }

  // A model that cannot think refuses to be asked whether it would.
  void write_thinking() {
    const ReasoningSettings& reasoning = content_.reasoning;
    const bool asked = !reasoning.effort.empty() || reasoning.enabled || reasoning.budget_tokens ||
                       (own_ && !reasoning.extra.empty());
    if (!asked) return;
    const bool off = reasoning.effort == "none" || !reasoning.enabled.value_or(true) ||
                     reasoning.budget_tokens == 0;
    if (!reasons()) return off ? void() : add_dropped(dropped, "reasoning_effort");
    json_.key("thinking").begin_object().field("type", off ? "disabled" : "enabled");
    if (!off && reasoning.budget_tokens) json_.field("token_budget", *reasoning.budget_tokens);
    if (own_) take::write_extra(json_, reasoning.extra);
    json_.end_object();
  }

  template <class T>
  void write_if(std::string_view name, const std::optional<T>& value) {
    if (value) json_.field(name, *value);
  }

  void write_sampling() {
    const Sampling& sampling = content_.sampling;
    write_if("temperature", sampling.temperature);
    write_if("p", sampling.top_p);
    write_if("k", sampling.top_k);
    write_if("seed", sampling.seed);
    write_if("presence_penalty", sampling.presence_penalty);
    write_if("frequency_penalty", sampling.frequency_penalty);
    write_if("max_tokens", content_.output_tokens_max);
    write_if("logprobs", content_.logprobs);
    if (content_.stop.empty()) return;
    json_.key("stop_sequences").begin_array();
    constexpr std::size_t stops_max = 5;
    for (const std::string& each : stops_for(content_, stops_max, dropped)) json_.value(each);
    json_.end_array();
  }

  // All texts, all pictures, or a mixture: each has a member of its own.
  Result<void> write_embed() {
    const EmbeddingInput& input = content_.embedding;
    bool texts = true, images = true;
    for (const EmbeddingItem& item : input.items) {
      if (std::holds_alternative<std::vector<std::int64_t>>(item)) {
        return unsupported("input", "input must be text or pictures: Cohere embeds no tokens.");
      }
      texts = texts && std::holds_alternative<std::string>(item);
      images = images && is_image(item);
    }
    json_.key(texts ? "texts" : images ? "images" : "inputs").begin_array();
    for (const EmbeddingItem& item : input.items) {
      if (Result<void> done = write_item(item, texts, images); !done) return done;
    }
    json_.end_array();
    write_embed_settings(images && !texts);
    return {};
  }

  static bool is_image(const EmbeddingItem& item) {
    const auto* parts = std::get_if<std::vector<Part>>(&item);
    return parts != nullptr && parts->size() == 1 && parts->front().form == "images";
  }

  Result<void> write_item(const EmbeddingItem& item, bool texts, bool images) {
    const auto* text = std::get_if<std::string>(&item);
    if (text != nullptr && texts) {
      json_.value(*text);
      return {};
    }
    std::vector<Part> parts;
    if (text != nullptr) parts.emplace_back().body = Text{*text};
    if (text == nullptr) parts = std::get<std::vector<Part>>(item);
    if (images) {
      json_.value(url_of_media(std::get<Image>(parts.front().body).media));
      return {};
    }
    json_.begin_object().key("content").begin_array();
    for (const Part& part : parts) {
      if (Result<void> done = write_part(json_, part, {.own = own_}, dropped); !done) return done;
    }
    json_.end_array().end_object();
    return {};
  }

  void write_embed_settings(bool images) {
    const EmbeddingInput& input = content_.embedding;
    if (own_) {
      if (!input.purpose.empty()) json_.field("input_type", input.purpose);
    } else {
      json_.field("input_type",
                  images ? std::string_view("image") : cohere_input_type(input.purpose));
    }
    // Numbers can be packed for whoever wants them packed.
    const bool types = own_ && find_extra(content_.extra, "embedding_types") != nullptr;
    if (!types && (!own_ || !input.encoding.empty())) {
      json_.key("embedding_types").begin_array();
      json_.value(own_ ? std::string_view(input.encoding) : "float").end_array();
    }
    if (!own_ && embedding_purpose_from(input.purpose) == EmbeddingPurpose::other) {
      add_dropped(dropped, "input_type");
    }
    write_if("output_dimension", input.dimensions);
  }

  JsonWriter json_;
  const Content& content_;
  const Deployment& deployment_;
  bool own_;
};

}  // namespace

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider&) {
  if (content.origin != DialectId::cohere) {
    if (Result<void> fine = check_crossing(content); !fine) return fail(std::move(fine.error()));
  }
  std::string body;
  body.reserve(ask.body.size() + 256);
  AskWriter writer(body, content, deployment);
  if (Result<void> written = writer.write(); !written) return fail(std::move(written.error()));
  ProviderRequest request =
      whole_request(std::string(path_of(content.endpoint)), std::move(body), content.stream);
  request.dropped = std::move(writer.dropped);
  return request;
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider&,
                       bool drop_reasoning) {
  return spliced_request(std::string(path_of(ask.facts.endpoint)), ask, deployment, drop_reasoning);
}

}  // namespace wye::cohere
