// Bedrock messages: turns that alternate, system blocks, marks of the cache. Pure.
#include <fmt/format.h>

#include "dialect/bedrock_parts.h"
#include "dialect/json_walk.h"

namespace wye::bedrock {
namespace {

// All that one side says before the other answers. Converse refuses two turns of one role in a row.
struct Turn {
  bool assistant = false;
  std::string results;  // of tools; they must stand before anything else
  std::string blocks;
  bool text = false, document = false;
};

bool is_system(const Message& message) {
  return message.role == Role::system || message.role == Role::developer;
}

class MessageWriter {
 public:
  explicit MessageWriter(const Writing& writing) : writing_(writing), parts_(writing) {}

  Result<void> read() {
    std::size_t index = 0;
    for (const Message& message : writing_.content.messages) {
      Result<void> done = is_system(message) ? add_system(message) : add(message);
      if (!done) return fail(walk::inside(std::move(done.error()), "messages", index));
      ++index;
    }
    if (turns_.empty() && system_.empty()) {
      return fail(unsupported("messages", "must say something"));
    }
    if (turns_.empty() || turns_.front().assistant) open();
    mark_end();
    return {};
  }

  void write(JsonWriter& json) {
    if (!system_.empty()) json.key("system").raw("[" + system_ + "]");
    json.key("messages").begin_array();
    for (Turn& turn : turns_) {
      // A document needs a text beside it.
      if (turn.document && !turn.text) turn.blocks += R"(,{"text":"See the document."})";
      if (!turn.results.empty() && !turn.blocks.empty()) turn.results += ',';
      json.begin_object().field("role", turn.assistant ? "assistant" : "user");
      json.key("content").raw("[" + turn.results + turn.blocks + "]").end_object();
    }
    json.end_array();
  }

 private:
  // Models take one list of system blocks, wherever their messages stood.
  Result<void> add_system(const Message& message) {
    for (const Part& part : message.parts) {
      if (!std::holds_alternative<Text>(part.body)) {
        return fail(unsupported("content", "of a system message must be text"));
      }
      if (Result<void> done = parts_.write(part, false, system_); !done) return done;
    }
    return {};
  }

  Result<void> add(const Message& message) {
    if (!message.name.empty() && message.role != Role::tool) writing_.drop("messages.name");
    Turn said;
    said.assistant = message.role == Role::assistant;
    for (const Part& part : message.parts) {
      const bool result = std::holds_alternative<ToolResult>(part.body);
      std::string& list = result ? said.results : said.blocks;
      const std::size_t before = list.size();
      if (Result<void> done = parts_.write(part, said.assistant, list); !done) return done;
      if (list.size() == before) continue;
      said.text = said.text || std::holds_alternative<Text>(part.body);
      const auto* document = std::get_if<Document>(&part.body);
      said.document = said.document || (document != nullptr && document->text.empty());
    }
    if (!said.results.empty() || !said.blocks.empty()) join(std::move(said));
    return {};
  }

  void join(Turn said) {
    if (turns_.empty() || turns_.back().assistant != said.assistant) {
      turns_.push_back(std::move(said));
      return;
    }
    Turn& last = turns_.back();
    append(last.results, said.results);
    append(last.blocks, said.blocks);
    last.text = last.text || said.text;
    last.document = last.document || said.document;
  }

  static void append(std::string& list, const std::string& more) {
    if (!list.empty() && !more.empty()) list += ',';
    list += more;
  }

  // Converse wants the user to speak first; elsewhere a conversation may begin with the assistant,
  // or be a system message and nothing else.
  void open() {
    Turn first;
    first.blocks = R"({"text":"Continue."})";
    turns_.insert(turns_.begin(), std::move(first));
  }

  // A mark on the whole request stands at its end.
  void mark_end() {
    const auto& cache = writing_.content.cache;
    if (!cache) return;
    if (!writing_.traits.cache_points) return writing_.drop("cache_control");
    std::string mark;
    JsonWriter json(mark);
    write_cache_point(json, writing_, *cache);
    append(turns_.back().blocks, mark);
  }

  const Writing& writing_;
  PartWriter parts_;
  std::string system_;
  std::vector<Turn> turns_;
};

}  // namespace

void write_cache_point(JsonWriter& json, const Writing& writing, const CacheControl& cache) {
  json.begin_object().key("cachePoint").begin_object().field("type", "default");
  if (!cache.ttl.empty() && writing.traits.cache_in_tools) json.field("ttl", cache.ttl);
  json.end_object().end_object();
}

Result<void> write_messages(JsonWriter& json, const Writing& writing) {
  MessageWriter messages(writing);
  if (Result<void> done = messages.read(); !done) return done;
  messages.write(json);
  return {};
}

}  // namespace wye::bedrock
