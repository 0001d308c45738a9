// OpenAI content: a request in full, for a provider of another dialect. The body was checked when
// its facts were read, so that what is odd here is kept as it is and left to the provider. Pure.
#include <utility>

#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/openai.h"
#include "dialect/openai_parts.h"
#include "dialect/web_search.h"

namespace wye::openai {
namespace {

void read_tool_member(walk::Member& member, std::string_view object, Tool& tool) {
  if (member.key == "name" && take::text(member, tool.name)) return;
  if (member.key == "description" && take::text(member, tool.description)) {
    // An empty description is one, too.
    if (tool.description.empty()) add_word(tool.form, "description");
    return;
  }
  if (member.key == "strict" && take::flag(member, tool.strict)) return;
  if (member.key == "parameters") {
    tool.parameters = walk::raw(member.value);
    return;
  }
  object.empty() ? walk::keep(tool.extra, member) : keep_in(tool.extra, object, member);
}

Tool read_tool(JsonValue& value) {
  Tool tool;
  bool function = false, typed = false;
  std::string type;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) {
      typed = true;
    } else if (member.key == "function" && walk::is_object(member.value)) {
      function = true;
      walk::members_if(member.value,
                       [&](walk::Member& each) { read_tool_member(each, "function", tool); });
    } else {
      walk::keep(tool.extra, member);
    }
  });
  if (function && typed && type == "function") return tool;
  Tool other;
  other.raw = whole;
  return other;
}

Tool read_old_function(JsonValue& value) {
  Tool tool;
  tool.form = "functions";
  walk::members_if(value, [&](walk::Member& member) { read_tool_member(member, "", tool); });
  return tool;
}

// {"type": "function", "function": {"name": ...}} and nothing else.
bool read_named_choice(JsonValue& value, ToolChoice& choice) {
  bool plain = true;
  std::string name;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type") {
      plain = plain && walk::token(member.value) == "\"function\"";
    } else if (member.key == "function") {
      walk::members_if(member.value, [&](walk::Member& each) {
        if (each.key != "name" || !take::text(each, name)) plain = false;
      });
    } else {
      plain = false;
    }
  });
  if (!plain || name.empty()) return false;
  choice.mode = ToolChoice::Mode::named;
  choice.names.push_back(std::move(name));
  return true;
}

bool read_tool_choice(walk::Member& member, ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  if (walk::is_object(member.value)) {
    const std::string_view whole = walk::raw(member.value);
    if (!read_named_choice(member.value, choice)) choice.raw = whole;
    return true;
  }
  const auto word = walk::string_if(member.value);
  if (!word) return false;
  if (*word == "auto") choice.mode = Mode::automatic;
  if (*word == "none") choice.mode = Mode::none;
  if (*word == "required" || *word == "any") choice.mode = Mode::required;
  if (*word == "any") choice.form = "any";  // Mistral
  return choice.mode != Mode::unset;
}

void read_schema_member(walk::Member& member, OutputFormat& format) {
  if (member.key == "name" && take::text(member, format.name)) return;
  if (member.key == "description" && take::text(member, format.description)) return;
  if (member.key == "strict" && take::flag(member, format.strict)) return;
  if (member.key == "schema") {
    format.schema = walk::raw(member.value);
    return;
  }
  keep_in(format.extra, "json_schema", member);
}

bool read_format(walk::Member& member, OutputFormat& out) {
  using Kind = OutputFormat::Kind;
  if (!walk::is_object(member.value)) return false;
  const std::string_view whole = walk::raw(member.value);
  OutputFormat format;
  std::string type;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type" && take::text(each, type)) return;
    if (each.key == "json_schema" && walk::is_object(each.value)) {
      return walk::members_if(each.value,
                              [&](walk::Member& inner) { read_schema_member(inner, format); });
    }
    walk::keep(format.extra, each);
  });
  if (type == "text") format.kind = Kind::text;
  if (type == "json_object") format.kind = Kind::json_object;
  if (type == "json_schema") format.kind = Kind::json_schema;
  if (format.kind == Kind::unset) {
    format = {};
    format.raw = whole;
  }
  out = std::move(format);
  return true;
}

// OpenRouter's `reasoning`, and `thinking` of z.ai and DeepSeek. Only one way of asking fits the
// hub; a second one is kept raw.
bool read_reasoning(walk::Member& member, ReasoningSettings& out) {
  const bool taken = !out.form.empty() || !out.effort.empty();
  if (taken || !walk::is_object(member.value)) return false;
  out.form = member.key;
  walk::members_if(member.value, [&](walk::Member& each) {
    std::optional<bool> flag;
    std::string type;
    if (each.key == "effort" && take::text(each, out.effort)) return;
    if (each.key == "summary" && take::text(each, out.summary)) return;
    if (each.key == "enabled" && take::flag(each, out.enabled)) return;
    if ((each.key == "max_tokens" || each.key == "budget_tokens") &&
        take::integer(each, out.budget_tokens)) {
      return;
    }
    if (each.key == "exclude" && take::flag(each, flag)) {
      out.include = !*flag;
    } else if (each.key == "type" && take::text(each, type) &&
               (type == "enabled" || type == "disabled")) {
      out.enabled = type == "enabled";
    } else {
      walk::keep(out.extra, each);
    }
  });
  return true;
}

bool read_stop(walk::Member& member, Content& content) {
  std::string text;
  if (take::text(member, text)) {
    content.stop.push_back(std::move(text));
    content.stop_form = "single";
    return true;
  }
  std::vector<std::string> list;
  bool plain = walk::is_array(member.value);
  walk::elements_if(member.value, [&](JsonValue& each) {
    const auto one = walk::string_if(each);
    plain = plain && one.has_value();
    if (one) list.emplace_back(*one);
  });
  if (!plain || list.empty()) return false;
  content.stop = std::move(list);
  return true;
}

// The task is ours; the rest is the client's.
void keep_metadata(Extra& extra, walk::Member& member) {
  if (!walk::is_object(member.value)) return walk::keep(extra, member);
  std::string out;
  JsonWriter json(out);
  bool any = false, task = false;
  const std::string_view whole = walk::raw(member.value);
  json.begin_object();
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "task") {
      task = true;
      return;
    }
    any = true;
    json.key(each.key).raw(walk::raw(each.value));
  });
  json.end_object();
  if (!task) return extra.push_back({"metadata", std::string(whole)});
  if (any) extra.push_back({"metadata", std::move(out)});
}

// How a stream is wanted is known from the facts; other options are kept.
void keep_stream_options(Extra& extra, walk::Member& member) {
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key != "include_usage") keep_in(extra, "stream_options", each);
  });
}

bool read_input(walk::Member& member, EmbeddingInput& input) {
  std::string text;
  if (take::text(member, text)) {
    input.items.emplace_back(std::move(text));
    input.single = true;
    return true;
  }
  std::vector<std::int64_t> tokens;
  bool plain = walk::is_array(member.value);
  walk::elements_if(member.value, [&](JsonValue& each) {
    if (const auto one = walk::string_if(each)) {
      input.items.emplace_back(std::string(*one));
    } else if (const auto token = walk::integer_if(each)) {
      tokens.push_back(*token);
    } else if (walk::is_array(each)) {
      std::vector<std::int64_t> list;
      walk::elements_if(
          each, [&](JsonValue& inner) { list.push_back(walk::integer_if(inner).value_or(0)); });
      input.items.emplace_back(std::move(list));
    } else {
      plain = false;
    }
  });
  if (!tokens.empty() && input.items.empty()) {
    input.items.emplace_back(std::move(tokens));
    input.single = true;
  }
  if (!plain) input.items.clear();
  return plain;
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    if (member.key == "metadata") return keep_metadata(content_.extra, member);
    if (member.key == "stream_options") return keep_stream_options(content_.extra, member);
    const bool taken =
        content_.endpoint == Endpoint::chat ? read_chat(member) : read_embeddings(member);
    if (!taken && !read_common(member)) walk::keep(content_.extra, member);
  }

 private:
  bool read_common(walk::Member& member) {
    if (member.key == "model") return take::text(member, content_.model);
    if (member.key == "user") return take::text(member, content_.user);
    return false;
  }

  bool read_embeddings(walk::Member& member) {
    EmbeddingInput& input = content_.embedding;
    if (member.key == "input") return read_input(member, input);
    if (member.key == "dimensions") return take::integer(member, input.dimensions);
    if (member.key == "encoding_format") return take::text(member, input.encoding);
    return false;
  }

  bool read_chat(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "messages") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.messages.push_back(read_message(each)); });
      return true;
    }
    if (key == "stream") {
      content_.stream = walk::token(member.value) == "true";
      return content_.stream;
    }
    if (key == "tools" || key == "functions") return read_tools(member);
    if (key == "web_search_options") return read_search(member);
    if (key == "tool_choice") return read_tool_choice(member, content_.tool_choice);
    if (key == "parallel_tool_calls") return take::flag(member, content_.tool_choice.parallel);
    if (key == "response_format") return read_format(member, content_.output);
    if (key == "reasoning_effort") {
      return content_.reasoning.form.empty() && take::text(member, content_.reasoning.effort);
    }
    if (key == "reasoning" || key == "thinking") return read_reasoning(member, content_.reasoning);
    if (key == "stop") return read_stop(member, content_);
    if (key == "max_completion_tokens" || key == "max_tokens") return read_limit(member);
    return read_sampling(member);
  }

  bool read_tools(walk::Member& member) {
    const std::size_t before = content_.tools.size();
    const bool old = member.key == "functions";
    walk::elements_if(member.value, [&](JsonValue& each) {
      content_.tools.push_back(old ? read_old_function(each) : read_tool(each));
    });
    return content_.tools.size() != before;
  }

  // No tool by its looks, but one by what it does.
  bool read_search(walk::Member& member) {
    if (!walk::is_object(member.value)) return false;
    const std::string_view whole = walk::raw(member.value);
    Tool tool;
    tool.search = read_web_search(member.key, whole);
    tool.raw = whole;
    tool.form = "option";
    content_.tools.push_back(std::move(tool));
    return true;
  }

  bool read_limit(walk::Member& member) {
    if (member.key == "max_tokens") content_.output_tokens_form = "max_tokens";
    return take::integer(member, content_.output_tokens_max);
  }

  bool read_sampling(walk::Member& member) {
    Sampling& sampling = content_.sampling;
    const std::string_view key = member.key;
    if (key == "temperature") return take::number(member, sampling.temperature);
    if (key == "top_p") return take::number(member, sampling.top_p);
    if (key == "min_p") return take::number(member, sampling.min_p);
    if (key == "presence_penalty") return take::number(member, sampling.presence_penalty);
    if (key == "frequency_penalty") return take::number(member, sampling.frequency_penalty);
    if (key == "top_k") return take::integer(member, sampling.top_k);
    if (key == "seed") return take::integer(member, sampling.seed);
    if (key == "n") return take::integer(member, content_.choices);
    if (key == "logprobs") return take::flag(member, content_.logprobs);
    if (key == "top_logprobs") return take::integer(member, content_.top_logprobs);
    return false;
  }

  Content& content_;
};

}  // namespace

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  if (ask.facts.endpoint == Endpoint::moderations) {
    return fail(FaultKind::bad_request,
                "Moderations pass only to providers that speak OpenAI's own dialect.");
  }
  Content content;
  content.origin = DialectId::openai;
  content.endpoint = ask.facts.endpoint;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  return content;
}

}  // namespace wye::openai
