// Anthropic event. Runs for every event of every stream, so it looks at lengths where it can. Pure.
#include "dialect/anthropic_event.h"

#include "dialect/anthropic_said.h"
#include "dialect/json_walk.h"

namespace wye::anthropic {
namespace {

class EventReader {
 public:
  EventReader(bool want_text, UsageCounts& usage, Event& out)
      : want_text_(want_text), usage_(usage), out_(out) {}

  void read(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "type") return take(value, out_.type);
    if (key == "index") {
      out_.index = walk::integer_if(value).value_or(0);
    } else if (key == "delta") {
      walk::members_if(value, [&](walk::Member& each) { read_delta(each); });
    } else if (key == "content_block") {
      walk::members_if(value, [&](walk::Member& each) { read_block(each); });
    } else if (key == "message") {
      walk::members_if(value, [&](walk::Member& each) { read_message(each); });
    } else if (key == "usage") {
      add_usage(value);
    } else if (key == "error") {
      out_.error = walk::is_object(value);
    }
  }

 private:
  static void take(JsonValue& value, std::string_view& out) {
    out = walk::string_if(value).value_or("");
  }

  std::int64_t say(JsonValue& value, std::string_view& out) {
    const std::int64_t bytes = text_bytes(value);
    out_.bytes += bytes;
    if (want_text_ && bytes > 0) take(value, out);
    return bytes;
  }

  void read_delta(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "text") {
      say(value, out_.text);
    } else if (key == "thinking") {
      say(value, out_.thinking);
    } else if (key == "partial_json") {
      out_.json_bytes = say(value, out_.json);
    } else if (key == "signature" && want_text_) {
      take(value, out_.signature);
    } else if (key == "stop_reason") {
      take(value, out_.stop_reason);
    } else if (key == "stop_sequence") {
      take(value, out_.stop_sequence);
    }
  }

  void read_block(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "type") return take(value, out_.block_type);
    if (key == "id") return take(value, out_.id);
    if (key == "name") return take(value, out_.name);
    if (key == "data") return take(value, out_.data);
    if (key == "input") {
      out_.input = walk::raw(value);
    } else {
      read_delta(member);  // a block may begin with what others bring by and by
    }
  }

  void read_message(walk::Member& member) {
    if (member.key == "id") take(member.value, out_.id);
    if (member.key == "model") take(member.value, out_.model);
    if (member.key == "usage") add_usage(member.value);
  }

  void add_usage(JsonValue& value) {
    usage_.add(value);
    out_.usage = true;
  }

  bool want_text_;
  UsageCounts& usage_;
  Event& out_;
};

}  // namespace

bool read_event(JsonReader& reader, std::string_view data, bool want_text, UsageCounts& usage,
                Event& out) {
  EventReader parts(want_text, usage, out);
  const auto read = reader.read_object(data, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  return read.has_value();
}

}  // namespace wye::anthropic
