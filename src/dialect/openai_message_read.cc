// OpenAI messages, reading: calls, thoughts, and where everything goes. Pure.
#include <utility>

#include "core/signature.h"
#include "dialect/openai_parts.h"

namespace wye::openai {
namespace {

void read_function(walk::Member& member, Part& part, ToolCall& call, bool& arguments) {
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "name" && take::text(each, call.name)) return;
    if (each.key == "arguments" && !walk::is_null(each.value)) {
      arguments = true;
      if (take::text(each, call.arguments)) return;
      call.arguments = walk::raw(each.value);
      return add_word(part.form, "object");
    }
    keep_in(part.extra, "function", each);
  });
}

Part read_tool_call(JsonValue& value) {
  Part part;
  ToolCall call;
  bool typed = false, function = false, arguments = false;
  std::string type;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) {
      typed = true;
    } else if (member.key == "id" && take::text(member, call.id)) {
      IdAndSignature apart = split_id(call.id);
      call.id = std::move(apart.id);
      part.signature = std::move(apart.signature);
    } else if (member.key == "function" && walk::is_object(member.value)) {
      function = true;
      read_function(member, part, call, arguments);
    } else {
      walk::keep(part.extra, member);
    }
  });
  if (!function || (typed && type != "function")) {
    Part unknown;
    unknown.body = Unknown{.type = type, .json = std::string(whole)};
    unknown.form = "tool_calls";
    return unknown;
  }
  if (!typed) add_word(part.form, "untyped");
  if (!arguments) add_word(part.form, "no_arguments");
  part.body = std::move(call);
  return part;
}

// OpenRouter: {"type": "reasoning.text", "text": ..., "signature": ..., "format": ...}, or
// reasoning.summary with `summary`, or reasoning.encrypted with `data`.
Part read_detail(JsonValue& value) {
  Part part;
  Reasoning reasoning;
  part.form = "detail";
  walk::members_if(value, [&](walk::Member& member) {
    std::string text;
    if (member.key == "type" && take::text(member, text)) {
      reasoning.summary = text == "reasoning.summary";
      reasoning.encrypted = text == "reasoning.encrypted";
      part.extra.push_back({"type", std::string(walk::raw(member.value))});
    } else if ((member.key == "text" || member.key == "summary") &&
               take::text(member, reasoning.text)) {
      add_word(part.form, member.key);
    } else if ((member.key == "signature" || member.key == "data") &&
               take::text(member, part.signature.data)) {
      add_word(part.form, member.key);
    } else if (member.key == "format" && take::text(member, part.signature.maker)) {
      return;
    } else {
      walk::keep(part.extra, member);
    }
  });
  part.body = std::move(reasoning);
  return part;
}

// Reads one message; parts in the order in which models make them: thoughts, text, calls.
class MessageReader {
 public:
  Message read(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    take_carried();
    add(reasoning_);
    add(details_);
    if (is_tool()) {
      add_tool_result();
    } else {
      add(content_);
    }
    add(refusal_);
    add(calls_);
    if (!content_seen_) add_word(message_.form, "absent");
    return std::move(message_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    std::string text;
    if (key == "content") return read_content(member);
    if (key == "role" && take::text(member, text)) return set_role(text, member);
    if (key == "name" && take::text(member, message_.name)) return;
    if (key == "tool_call_id" && take::text(member, result_.call_id)) {
      result_.call_id = split_id(result_.call_id).id;
      return;
    }
    if (key == "refusal" && take::text(member, text)) {
      Part& part = refusal_.emplace_back();
      part.body = Declined{std::move(text)};
      part.form = "refusal";
    } else if ((key == "reasoning_content" || key == "reasoning") && take::text(member, text)) {
      Part& part = reasoning_.emplace_back();
      part.body = Reasoning{std::move(text)};
      part.form = key;
    } else if (key == "reasoning_details" && has_elements(value)) {
      walk::elements_if(value, [&](JsonValue& each) { details_.push_back(read_detail(each)); });
    } else if (key == "tool_calls" && has_elements(value)) {
      walk::elements_if(value, [&](JsonValue& each) { calls_.push_back(read_tool_call(each)); });
    } else if (key == "function_call" && walk::is_object(value)) {
      read_function_call(member);
    } else {
      walk::keep(message_.extra, member);
    }
  }

  static bool has_elements(JsonValue& value) {
    return walk::is_array(value) &&
           walk::raw(value).find_first_not_of(" \t\r\n", 1) != walk::raw(value).size() - 1;
  }

  void set_role(const std::string& text, walk::Member& member) {
    if (text == "function") {
      message_.role = Role::tool;
      return add_word(message_.form, "function");
    }
    if (const auto role = role_from(text)) {
      message_.role = *role;
    } else {
      walk::keep(message_.extra, member);
    }
  }

  void read_content(walk::Member& member) {
    content_seen_ = true;
    std::string text;
    if (take::text(member, text)) {
      content_.emplace_back().body = Text{std::move(text)};
    } else if (walk::is_array(member.value)) {
      add_word(message_.form, "parts");
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.push_back(read_part(each)); });
    } else {
      add_word(message_.form, "null");
    }
  }

  void read_function_call(walk::Member& member) {
    Part& part = calls_.emplace_back();
    ToolCall call;
    bool arguments = false;
    part.form = "function_call";
    read_function(member, part, call, arguments);
    if (!arguments) add_word(part.form, "no_arguments");
    part.body = std::move(call);
  }

  bool is_tool() const { return message_.role == Role::tool; }

  void add_tool_result() {
    result_.name = std::exchange(message_.name, {});
    result_.parts = std::move(content_);
    message_.parts.emplace_back().body = std::move(result_);
  }

  // What the client was given to carry goes back to its text, and is no detail any more.
  void take_carried() {
    std::erase_if(details_, [this](const Part& detail) {
      const Signature& given = detail.signature;
      if (given.maker != carried_format || !given.data.starts_with(signature_mark)) return false;
      if (!content_.empty()) content_.back().signature = brought_back(given.data, {});
      return true;
    });
  }

  // The text of `reasoning` is that of the details again; as a part it would be said twice.
  void add(std::vector<Part>& parts) {
    if (&parts == &reasoning_ && !details_.empty()) {
      for (Part& part : parts) keep_again(part);
      return;
    }
    for (Part& part : parts) message_.parts.push_back(std::move(part));
  }

  void keep_again(Part& part) {
    std::string json;
    append_json_string(json, std::get<Reasoning>(part.body).text);
    message_.extra.push_back({part.form, std::move(json)});
  }

  Message message_;
  ToolResult result_;
  std::vector<Part> content_, reasoning_, details_, refusal_, calls_;
  bool content_seen_ = false;
};

}  // namespace

Message read_message(JsonValue& value) { return MessageReader().read(value); }

}  // namespace wye::openai
