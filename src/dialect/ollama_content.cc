// Ollama content: a request in full. Ollama gives calls of tools no ids, so that answers belong to
// calls by the tool's name and by order; ids are made up here and left out again. Pure.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/signature.h"
#include "dialect/ask_reading.h"
#include "dialect/function_tools.h"
#include "dialect/json_walk.h"
#include "dialect/media_url.h"
#include "dialect/ollama.h"
#include "dialect/open_calls.h"
#include "dialect/take.h"

namespace wye::ollama {
namespace {

// Gives ids to calls without, and to answers the id of the call that they answer.
class CallIds {
 public:
  void add_call(Part& part) {
    auto& call = std::get<ToolCall>(part.body);
    if (call.id.empty()) {
      call.id = fmt::format("call_{}", ++count_);
      take::add_word(part.form, "no_id");
    }
    calls_.add(call.id, call.name);
    // The id may carry what the maker of the call wants back.
    IdAndSignature split = split_id(call.id);
    call.id = std::move(split.id);
    part.signature = std::move(split.signature);
  }

  void add_result(Part& part) {
    auto& result = std::get<ToolResult>(part.body);
    OpenCalls::Call* const call = answered_by(result);
    if (result.call_id.empty()) {
      take::add_word(part.form, "no_id");
      result.call_id = call != nullptr ? call->id : fmt::format("call_{}", ++count_);
    }
    if (call != nullptr) {
      if (result.name.empty()) {
        result.name = call->name;
        take::add_word(part.form, "no_name");
      }
      call->open = false;
    }
    result.call_id = split_id(result.call_id).id;
  }

 private:
  OpenCalls::Call* answered_by(const ToolResult& result) {
    if (!result.call_id.empty()) return calls_.oldest_by_id(result.call_id);
    return result.name.empty() ? calls_.oldest() : calls_.oldest_by_name(result.name);
  }

  OpenCalls calls_;
  int count_ = 0;
};

class MessageReader {
 public:
  explicit MessageReader(CallIds& ids) : ids_(ids) {}

  Message read(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (message_.role == Role::tool) {
      result_.parts = std::move(content_);
      Part part;
      part.body = std::move(result_);
      ids_.add_result(part);
      message_.parts.push_back(std::move(part));
      return std::move(message_);
    }
    for (auto* parts : {&thoughts_, &content_, &images_, &calls_}) {
      for (Part& part : *parts) message_.parts.push_back(std::move(part));
    }
    return std::move(message_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    std::string text;
    if (key == "role" && take::text(member, text)) {
      message_.role = role_from(text).value_or(Role::user);
    } else if (key == "content" && take::text(member, text)) {
      // A call has an empty content beside it, which says nothing.
      if (text.empty()) return take::add_word(message_.form, "empty");
      content_.emplace_back().body = Text{std::move(text)};
    } else if (key == "thinking" && take::text(member, text)) {
      thoughts_.emplace_back().body = Reasoning{std::move(text)};
    } else if (key == "images" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) { read_image(each); });
    } else if (key == "tool_calls" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        Part& call = calls_.emplace_back(read_function_call(each));
        ids_.add_call(call);
      });
    } else if ((key == "tool_name" && take::text(member, result_.name)) ||
               (key == "tool_call_id" && take::text(member, result_.call_id))) {
      return;
    } else {
      walk::keep(message_.extra, member);
    }
  }

  void read_image(JsonValue& value) {
    const auto base64 = walk::string_if(value);
    if (!base64) return;
    Image image;
    image.media.base64 = *base64;
    image.media.media_type = image_type_of(*base64);
    images_.emplace_back().body = std::move(image);
  }

  CallIds& ids_;
  Message message_;
  ToolResult result_;
  std::vector<Part> thoughts_, content_, images_, calls_;
};

bool read_stop(walk::Member& member, Content& content) {
  std::string text;
  if (!take::text(member, text)) return take::texts(member, content.stop);
  content.stop.push_back(std::move(text));
  content.stop_form = "single";
  return true;
}

bool read_limit(walk::Member& member, Content& content) {
  const auto tokens = walk::integer_if(member.value);
  if (!tokens || *tokens <= 0) return false;
  content.output_tokens_max = *tokens;
  return true;
}

bool read_option(walk::Member& member, Content& content) {
  Sampling& sampling = content.sampling;
  const std::string_view key = member.key;
  if (key == "temperature") return take::number(member, sampling.temperature);
  if (key == "top_p") return take::number(member, sampling.top_p);
  if (key == "min_p") return take::number(member, sampling.min_p);
  if (key == "presence_penalty") return take::number(member, sampling.presence_penalty);
  if (key == "frequency_penalty") return take::number(member, sampling.frequency_penalty);
  if (key == "top_k") return take::integer(member, sampling.top_k);
  if (key == "seed") return take::integer(member, sampling.seed);
  if (key == "num_predict") return read_limit(member, content);
  if (key == "stop") return read_stop(member, content);
  return false;
}

bool read_options(walk::Member& member, Content& content) {
  if (!walk::is_object(member.value)) return false;
  bool any = false;
  walk::members_if(member.value, [&](walk::Member& each) {
    any = true;
    if (!read_option(each, content)) take::keep_in(content.extra, "options", each);
  });
  return any;
}

bool read_format(walk::Member& member, OutputFormat& format) {
  if (walk::token(member.value) == "\"json\"") {
    format.kind = OutputFormat::Kind::json_object;
    return true;
  }
  if (!walk::is_object(member.value)) return false;
  format.kind = OutputFormat::Kind::json_schema;
  format.schema = walk::raw(member.value);
  return true;
}

bool read_think(walk::Member& member, ReasoningSettings& reasoning) {
  return take::flag(member, reasoning.enabled) || take::text(member, reasoning.effort);
}

bool read_input(walk::Member& member, EmbeddingInput& input) {
  std::string text;
  if (take::text(member, text)) {
    input.items.emplace_back(std::move(text));
    input.single = true;
    return true;
  }
  std::vector<std::string> texts;
  if (!take::texts(member, texts)) return false;
  for (std::string& each : texts) input.items.emplace_back(std::move(each));
  return true;
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    const bool chat = content_.endpoint == Endpoint::chat;
    if (member.key == "model" && take::text(member, content_.model)) return;
    if (!(chat ? read_chat(member) : read_embeddings(member))) {
      walk::keep(content_.extra, member);
    }
  }

 private:
  bool read_chat(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "messages") {
      walk::elements_if(member.value, [&](JsonValue& each) {
        content_.messages.push_back(MessageReader(ids_).read(each));
      });
      return true;
    }
    if (key == "tools" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        content_.tools.push_back(read_function_tool(each));
      });
      return !content_.tools.empty();
    }
    if (key == "stream") return true;  // known from the facts
    if (key == "options") return read_options(member, content_);
    if (key == "format") return read_format(member, content_.output);
    if (key == "think") return read_think(member, content_.reasoning);
    if (key == "logprobs") return take::flag(member, content_.logprobs);
    if (key == "top_logprobs") return take::integer(member, content_.top_logprobs);
    return false;
  }

  bool read_embeddings(walk::Member& member) {
    if (member.key == "input") return read_input(member, content_.embedding);
    if (member.key == "dimensions") return take::integer(member, content_.embedding.dimensions);
    return false;
  }

  Content& content_;
  CallIds ids_;
};

}  // namespace

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  Content content;
  content.origin = DialectId::ollama;
  content.endpoint = ask.facts.endpoint;
  content.stream = ask.facts.stream;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  return content;
}

}  // namespace wye::ollama
