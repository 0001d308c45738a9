// Cohere content: a chat or embed request in full. The body was checked when its facts were read,
// so that what is odd here is kept as it is and left to the provider. Pure.
#include <utility>

#include "dialect/ask_reading.h"
#include "dialect/cohere.h"
#include "dialect/cohere_parts.h"
#include "dialect/function_tools.h"
#include "dialect/json_walk.h"
#include "dialect/media_url.h"
#include "dialect/rerank.h"
#include "dialect/take.h"

namespace wye::cohere {
namespace {

bool read_tool_choice(walk::Member& member, ToolChoice& choice) {
  const std::string_view word = walk::token(member.value);
  if (word == "\"REQUIRED\"") choice.mode = ToolChoice::Mode::required;
  if (word == "\"NONE\"") choice.mode = ToolChoice::Mode::none;
  return choice.mode != ToolChoice::Mode::unset;
}

// {"type": "json_object", "json_schema": {...}}; "schema" is the older name.
bool read_format(walk::Member& member, OutputFormat& out) {
  if (!walk::is_object(member.value)) return false;
  OutputFormat format;
  std::string type;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type" && take::text(each, type)) return;
    if ((each.key == "json_schema" || each.key == "schema") && walk::is_object(each.value)) {
      format.schema = walk::raw(each.value);
    } else {
      walk::keep(format.extra, each);
    }
  });
  if (type == "text") format.kind = OutputFormat::Kind::text;
  if (type == "json_object") {
    format.kind =
        format.schema.empty() ? OutputFormat::Kind::json_object : OutputFormat::Kind::json_schema;
  }
  if (format.kind == OutputFormat::Kind::unset) return false;
  out = std::move(format);
  return true;
}

bool read_thinking(walk::Member& member, ReasoningSettings& reasoning) {
  if (!walk::is_object(member.value)) return false;
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string type;
    if (each.key == "type" && take::text(each, type) && (type == "enabled" || type == "disabled")) {
      reasoning.enabled = type == "enabled";
    } else if (each.key != "token_budget" || !take::integer(each, reasoning.budget_tokens)) {
      walk::keep(reasoning.extra, each);
    }
  });
  return true;
}

// A list with float among its types is the usual one; other types are Cohere's own.
bool read_types(walk::Member& member, EmbeddingInput& input) {
  std::vector<std::string> types;
  if (!take::texts(member, types) || types.size() != 1) return false;
  if (types.front() != "float" && types.front() != "base64") return false;
  input.encoding = types.front();
  return true;
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    const bool chat = content_.endpoint == Endpoint::chat;
    if (member.key == "model" && take::text(member, content_.model)) return;
    if (!(chat ? read_chat(member) : read_embed(member))) walk::keep(content_.extra, member);
  }

  // What could only be placed when all was read.
  void settle() {
    if (strict_tools_) {
      for (Tool& tool : content_.tools) tool.strict = *strict_tools_;
    }
    if (documents_.empty()) return;
    // The user shows them, with the last words that the user says.
    auto last = content_.messages.rbegin();
    while (last != content_.messages.rend() && last->role != Role::user) ++last;
    Message& message = last != content_.messages.rend() ? *last : content_.messages.emplace_back();
    for (Part& part : documents_) message.parts.push_back(std::move(part));
  }

 private:
  bool read_chat(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "messages") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.messages.push_back(read_message(each)); });
      return true;
    }
    if (key == "tools") return read_tools(member);
    if (key == "documents") return read_documents(member);
    if (key == "stream") return content_.stream;  // known from the facts
    if (key == "strict_tools") return take::flag(member, strict_tools_);
    if (key == "tool_choice") return read_tool_choice(member, content_.tool_choice);
    if (key == "response_format") return read_format(member, content_.output);
    if (key == "thinking") return read_thinking(member, content_.reasoning);
    if (key == "stop_sequences") return take::texts(member, content_.stop);
    if (key == "max_tokens") return take::integer(member, content_.output_tokens_max);
    if (key == "logprobs") return take::flag(member, content_.logprobs);
    return read_sampling(member);
  }

  bool read_sampling(walk::Member& member) {
    Sampling& sampling = content_.sampling;
    const std::string_view key = member.key;
    if (key == "temperature") return take::number(member, sampling.temperature);
    if (key == "p") return take::number(member, sampling.top_p);
    if (key == "k") return take::integer(member, sampling.top_k);
    if (key == "seed") return take::integer(member, sampling.seed);
    if (key == "presence_penalty") return take::number(member, sampling.presence_penalty);
    if (key == "frequency_penalty") return take::number(member, sampling.frequency_penalty);
    return false;
  }

  bool read_tools(walk::Member& member) {
    walk::elements_if(member.value,
                      [&](JsonValue& each) { content_.tools.push_back(read_function_tool(each)); });
    return !content_.tools.empty();
  }

  bool read_documents(walk::Member& member) {
    walk::elements_if(member.value, [&](JsonValue& each) {
      Part& part = documents_.emplace_back(read_document(each));
      part.form = "documents";
    });
    return !documents_.empty();
  }

  bool read_embed(walk::Member& member) {
    EmbeddingInput& input = content_.embedding;
    const std::string_view key = member.key;
    if (key == "texts") return read_texts(member);
    if (key == "images") return read_images(member);
    if (key == "inputs") return read_inputs(member);
    if (key == "input_type") return take::text(member, input.purpose);
    if (key == "embedding_types") return read_types(member, input);
    if (key == "output_dimension") return take::integer(member, input.dimensions);
    return false;
  }

  bool read_texts(walk::Member& member) {
    std::vector<std::string> texts;
    if (!take::texts(member, texts)) return false;
    for (std::string& each : texts) content_.embedding.items.emplace_back(std::move(each));
    return true;
  }

  bool read_images(walk::Member& member) {
    std::vector<std::string> urls;
    if (!take::texts(member, urls)) return false;
    for (const std::string& url : urls) {
      Part part;
      part.body = Image{.media = media_from_url(url), .detail = {}};
      part.form = "images";
      content_.embedding.items.emplace_back(std::vector<Part>{std::move(part)});
    }
    return true;
  }

  bool read_inputs(walk::Member& member) {
    walk::elements_if(member.value, [&](JsonValue& each) {
      std::vector<Part> parts;
      walk::members_if(each, [&](walk::Member& inner) {
        if (inner.key == "content") parts = read_parts(inner.value);
      });
      content_.embedding.items.emplace_back(std::move(parts));
    });
    return true;
  }

  Content& content_;
  std::vector<Part> documents_;
  std::optional<bool> strict_tools_;
};

}  // namespace

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  if (ask.facts.endpoint == Endpoint::rerank) return read_rerank_content(reader, ask);
  Content content;
  content.origin = DialectId::cohere;
  content.endpoint = ask.facts.endpoint;
  content.stream = ask.facts.stream;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  parts.settle();
  return content;
}

}  // namespace wye::cohere
