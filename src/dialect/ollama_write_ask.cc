// Ollama write ask: a request for an Ollama server, from content of any origin, or spliced from the
// body of a client of this dialect. Pure.
#include "dialect/foreign.h"
#include "dialect/function_tools.h"
#include "dialect/ollama.h"
#include "dialect/ollama_messages.h"
#include "dialect/take.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::ollama {
namespace {

// Levels are high, medium and low; any other level is the nearest of them.
std::string_view level_of(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return "low";
  return effort == "medium" ? "medium" : "high";
}

class AskWriter {
 public:
  AskWriter(std::string& out, const Content& content, const Deployment& deployment)
      : json_(out),
        content_(content),
        deployment_(deployment),
        own_(content.origin == DialectId::ollama) {}

  Result<void> write() {
    json_.begin_object().field("model", deployment_.model);
    auto written = content_.endpoint == Endpoint::embeddings ? write_embeddings() : write_chat();
    if (!written) return written;
    if (own_) {
      take::write_extra(json_, content_.extra);
    } else {
      drop_settings(
          content_,
          {Setting::user, Setting::cache_marks, Setting::strict_tools, Setting::hidden_thoughts,
           Setting::thought_summary, Setting::format_description, Setting::embedding_purpose},
          dropped);
      drop_extra(content_, dropped);
    }
    json_.end_object();
    return {};
  }

  std::vector<std::string> dropped;

 private:
  Result<void> write_chat() {
    if (content_.choices.value_or(1) > 1) {
      return unsupported("n", "n must be 1: Ollama gives one answer to a request.");
    }
    if (Result<void> done =
            write_messages(json_, content_, {.own = own_, .thinking = reasons()}, dropped);
        !done) {
      return done;
    }
    json_.field("stream", content_.stream);
    if (Result<void> done = write_tools(); !done) return done;
    write_format();
    write_think();
    write_options();
    if (content_.logprobs) json_.field("logprobs", *content_.logprobs);
    if (content_.top_logprobs) json_.field("top_logprobs", *content_.top_logprobs);
    return {};
  }

  // A call cannot be forced here, and who forces one waits for it.
  Result<void> write_tools() {
    using Mode = ToolChoice::Mode;
    const ToolChoice& choice = content_.tool_choice;
    if (choice.mode == Mode::required || choice.mode == Mode::named) {
      return unsupported("tool_choice", "tool_choice must be auto or none for Ollama.");
    }
    if (choice.parallel) add_dropped(dropped, "parallel_tool_calls");
    if (choice.mode == Mode::none) return {};
    bool open = false;
    for (const Tool& tool : content_.tools) {
      if (!tool.raw.empty() && !own_) {
        add_dropped(dropped, tool.search ? search_name : "tools");
        continue;
      }
      if (!open) json_.key("tools").begin_array();
      open = true;
      tool.raw.empty() ? write_function_tool(json_, tool, own_) : void(json_.raw(tool.raw));
    }
    if (open) json_.end_array();
    return {};
  }

  void write_format() {
    const OutputFormat& format = content_.output;
    if (format.kind == OutputFormat::Kind::json_object || needs_plain_json(format)) {
      json_.field("format", "json");
    } else if (format.kind == OutputFormat::Kind::json_schema) {
      json_.key("format").raw(format.schema);
    }
  }
  static bool needs_plain_json(const OutputFormat& format) {
    return format.kind == OutputFormat::Kind::json_schema && format.schema.empty();
  }

  bool reasons() const {
    return own_ || !deployment_.abilities_known || deployment_.abilities.has(Ability::reasoning);
  }

  // A model that cannot think refuses to be asked whether it would.
  void write_think() {
    const ReasoningSettings& reasoning = content_.reasoning;
    const bool asked = !reasoning.effort.empty() || reasoning.enabled || reasoning.budget_tokens;
    if (!asked) return;
    const bool off = reasoning.effort == "none" || reasoning.budget_tokens == 0 ||
                     !reasoning.enabled.value_or(true);
    if (!reasons()) return off ? void() : add_dropped(dropped, "reasoning_effort");
    if (own_ && !reasoning.effort.empty()) {
      json_.field("think", reasoning.effort);
    } else if (off || reasoning.effort.empty()) {
      json_.field("think", !off);
    } else {
      json_.field("think", level_of(reasoning.effort));
    }
  }

  template <class T>
  void write_option(std::string_view name, const std::optional<T>& value) {
    if (!value) return;
    open_options();
    json_.field(name, *value);
  }

  void open_options() {
    if (!options_open_) json_.key("options").begin_object();
    options_open_ = true;
  }

  void write_options() {
    const Sampling& sampling = content_.sampling;
    write_option("temperature", sampling.temperature);
    write_option("top_p", sampling.top_p);
    write_option("min_p", sampling.min_p);
    write_option("top_k", sampling.top_k);
    write_option("presence_penalty", sampling.presence_penalty);
    write_option("frequency_penalty", sampling.frequency_penalty);
    write_option("seed", sampling.seed);
    write_option("num_predict", content_.output_tokens_max);
    write_stop();
    if (own_ && take::has_extra(content_.extra, "options")) {
      open_options();
      take::write_extra(json_, content_.extra, "options");
    }
    if (options_open_) json_.end_object();
  }

  void write_stop() {
    if (content_.stop.empty()) return;
    open_options();
    json_.key("stop");
    if (own_ && content_.stop_form == "single") {
      json_.value(content_.stop.front());
      return;
    }
    json_.begin_array();
    for (const std::string& each : content_.stop) json_.value(each);
    json_.end_array();
  }

  Result<void> write_embeddings() {
    const EmbeddingInput& input = content_.embedding;
    json_.key("input");
    if (!input.single) json_.begin_array();
    for (const EmbeddingItem& item : input.items) {
      const auto* text = std::get_if<std::string>(&item);
      if (text == nullptr) {
        return unsupported("input", "input must be texts: Ollama embeds neither tokens nor files.");
      }
      json_.value(*text);
    }
    if (!input.single) json_.end_array();
    if (input.dimensions) json_.field("dimensions", *input.dimensions);
    return {};
  }

  JsonWriter json_;
  const Content& content_;
  const Deployment& deployment_;
  bool own_;
  bool options_open_ = false;
};

}  // namespace

std::string_view path_of(Endpoint endpoint) {
  return endpoint == Endpoint::embeddings ? "/api/embed" : "/api/chat";
}

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider&) {
  if (content.origin != DialectId::ollama) {
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

}  // namespace wye::ollama
