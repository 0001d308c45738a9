// Gemini content: a request in full, for a provider of another dialect. The body was checked when
// its facts were read, so that what is odd here is kept as it is and left to the provider. Pure.
#include <utility>

#include "dialect/ask_reading.h"
#include "dialect/gemini.h"
#include "dialect/gemini_calls.h"
#include "dialect/gemini_config.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"

namespace wye::gemini {
namespace {

Role role_of(std::string_view name) {
  if (name == "model") return Role::assistant;
  return name == "system" ? Role::system : Role::user;
}

Message read_message(JsonValue& value, bool system) {
  Message message;
  message.role = system ? Role::system : Role::user;
  walk::members_if(value, [&](walk::Member& member) {
    std::string role;
    if (member.key == "parts" && walk::is_array(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        message.parts.push_back(read_part(each, From::client));
      });
    } else if (member.key == "role" && !system && take_text(member, role)) {
      message.role = role_of(role);
      // "function" and "tool" are old names of the user who brings answers of tools.
      if (role != "user" && role != "model") walk::keep(message.extra, member);
    } else {
      keep_given(message.extra, member);
    }
  });
  return message;
}

// The task is ours; the rest is the client's.
void keep_labels(Extra& extra, walk::Member& member) {
  std::string out;
  JsonWriter json(out);
  bool any = false;
  json.begin_object();
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "task") return;
    any = true;
    json.key(each.key).raw(walk::raw(each.value));
  });
  json.end_object();
  if (any) extra.push_back({"labels", std::move(out)});
}

// One thing to embed: a lone text is that text, anything richer its parts.
EmbeddingItem item_of(JsonValue& value) {
  Message message = read_message(value, false);
  if (message.parts.size() == 1) {
    if (auto* text = std::get_if<Text>(&message.parts.front().body)) return std::move(text->text);
  }
  return std::move(message.parts);
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    if (walk::is_null(member.value) || member.key == "model") return;
    if (content_.endpoint == Endpoint::embeddings) return read_embedding(member);
    if (!read_chat(member)) keep_given(content_.extra, member);
  }

  void settle() {
    // The instructions may stand behind the conversation in the body.
    for (std::size_t i = 0; i < system_.size(); ++i) {
      content_.messages.insert(content_.messages.begin() + static_cast<std::ptrdiff_t>(i),
                               std::move(system_[i]));
    }
    join_thoughts(content_.messages);
    match_calls(content_.messages);
  }

 private:
  bool read_chat(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "contents") {
      walk::elements_if(
          value, [&](JsonValue& each) { content_.messages.push_back(read_message(each, false)); });
    } else if (is_field(key, "systemInstruction")) {
      system_.push_back(read_message(value, true));
    } else if (is_field(key, "generationConfig")) {
      read_generation_config(value, content_);
    } else if (key == "tools") {
      read_tools(value, content_);
    } else if (is_field(key, "toolConfig")) {
      read_tool_config(value, content_);
    } else if (key == "labels") {
      keep_labels(content_.extra, member);
    } else if (is_field(key, "generateContentRequest")) {
      walk::members_if(value, [&](walk::Member& each) { read(each); });
    } else {
      return false;
    }
    return true;
  }

  void read_embedding(walk::Member& member) {
    if (member.key == "requests") {
      return walk::elements_if(member.value, [&](JsonValue& each) {
        walk::members_if(each, [&](walk::Member& inner) { read(inner); });
      });
    }
    EmbeddingInput& input = content_.embedding;
    if (member.key == "content") {
      input.items.push_back(item_of(member.value));
      return;
    }
    if (is_field(member.key, "outputDimensionality") && take_integer(member, input.dimensions)) {
      return;
    }
    if (is_field(member.key, "taskType") && take_purpose(member, input.purpose)) return;
    // Of a batch the first says it for all.
    if (find_extra(content_.extra, member.key) == nullptr) keep_given(content_.extra, member);
  }

  // The hub has one purpose for all; another one within a batch is kept under the list's name.
  bool take_purpose(walk::Member& member, std::string& purpose) {
    std::string own;
    if (!take_text(member, own)) return false;
    if (purpose.empty()) purpose = own;
    if (purpose != own && find_extra(content_.extra, mixed_purposes) == nullptr) {
      content_.extra.push_back({std::string(mixed_purposes), "true"});
    }
    return true;
  }

  Content& content_;
  std::vector<Message> system_;
};

}  // namespace

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  Content content;
  content.origin = DialectId::gemini;
  content.endpoint = ask.facts.endpoint;
  content.model = ask.facts.model;
  content.stream = ask.facts.stream;
  content.embedding.single = ask.embedding_single;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  parts.settle();
  return content;
}

}  // namespace wye::gemini
