// Bedrock answer: the facts of an answer, and all of it. Pure.
#include "dialect/bedrock.h"
#include "dialect/bedrock_embed.h"
#include "dialect/bedrock_usage.h"
#include "dialect/json_walk.h"
#include "dialect/provider_fault.h"

namespace wye::bedrock {
namespace {

std::string text_in(JsonValue& value) { return std::string(walk::string_if(value).value_or("")); }

bool is_server_tool(JsonValue& type) { return walk::token(type) == "\"server_tool_use\""; }

// What the gateway must know.
class FactsReader {
 public:
  void read(walk::Member& member) {
    JsonValue& value = member.value;
    if (member.key == "output") {
      walk::members_if(value, [&](walk::Member& output) {
        if (output.key == "message") read_message(output.value);
      });
    } else if (member.key == "stopReason") {
      finish_ = finish_reason_from(walk::string_if(value).value_or(""));
      answered_ = true;
    } else if (member.key == "usage") {
      facts_.usage = read_usage(value);
    }
  }

  Result<AnswerFacts> take() {
    if (!answered_) return fail(no_answer("The provider's answer has no message."));
    facts_.finish = settled(finish_, answered_by_tool_, calls_);
    return std::move(facts_);
  }

 private:
  void read_message(JsonValue& message) {
    walk::members_if(message, [&](walk::Member& member) {
      if (member.key != "content") return;
      answered_ = true;
      walk::elements_if(member.value, [&](JsonValue& block) {
        walk::members_if(block, [&](walk::Member& inner) { read_block(inner); });
      });
    });
  }

  void read_block(walk::Member& block) {
    if (block.key == "text") return add(walk::token(block.value).size() - 2);
    if (block.key == "toolUse") return read_call(block.value);
    if (block.key == "reasoningContent" || block.key == "citationsContent") {
      add_texts(block.value);
    }
  }

  void read_call(JsonValue& value) {
    std::string_view name;
    std::size_t bytes = 0;
    bool server = false;  // the provider's own tool, which it has called itself
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "input") bytes = walk::raw(member.value).size();
      if (member.key == "name") name = walk::string_if(member.value).value_or("");
      if (member.key == "type") server = is_server_tool(member.value);
    });
    if (server) return;
    (name == answer_tool ? answered_by_tool_ : calls_) = true;
    facts_.has_content = true;
    add(bytes);
  }

  // All texts within, however deep: reasoningText.text, content[].text, redactedContent.
  void add_texts(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) {
      const bool text = member.key == "text" || member.key == "redactedContent";
      if (text && walk::is_string(member.value)) return add(walk::token(member.value).size() - 2);
      if (member.key == "reasoningText") add_texts(member.value);
      if (member.key == "content") {
        walk::elements_if(member.value, [&](JsonValue& each) { add_texts(each); });
      }
    });
  }

  void add(std::size_t bytes) {
    facts_.output_bytes += static_cast<std::int64_t>(bytes);
    facts_.has_content = facts_.has_content || bytes != 0;
  }

  AnswerFacts facts_;
  FinishReason finish_ = FinishReason::none;
  bool answered_ = false, answered_by_tool_ = false, calls_ = false;
};

// The content blocks as parts.
class PartsReader {
 public:
  explicit PartsReader(Choice& choice) : choice_(choice) {}

  void read(JsonValue& content) {
    walk::elements_if(content, [&](JsonValue& block) {
      walk::members_if(block, [&](walk::Member& member) { read_block(member); });
    });
  }

  bool answered_by_tool = false, calls = false;

 private:
  void read_block(walk::Member& block) {
    if (block.key == "text") {
      add().body = Text{text_in(block.value)};
    } else if (block.key == "toolUse") {
      read_call(block);
    } else if (block.key == "reasoningContent") {
      read_thought(block.value);
    } else if (block.key == "citationsContent") {
      read_cited(block.value);
    } else {
      add().body = Unknown{std::string(block.key), std::string(walk::raw(block.value))};
    }
  }

  void read_call(walk::Member& block) {
    const std::string_view whole = walk::raw(block.value);
    ToolCall call;
    Extra extra;
    bool server = false;
    walk::members_if(block.value, [&](walk::Member& member) {
      if (member.key == "type") server = is_server_tool(member.value);
      if (member.key == "toolUseId") {
        call.id = text_in(member.value);
      } else if (member.key == "name") {
        call.name = text_in(member.value);
      } else if (member.key == "input") {
        call.arguments = walk::raw(member.value);
      } else {
        walk::keep(extra, member);
      }
    });
    Part& part = add();
    if (server) {
      part.body = Unknown{std::string(block.key), std::string(whole)};
      return;
    }
    if (call.name == answer_tool) {
      answered_by_tool = true;
      part.body = Text{std::move(call.arguments)};
      return;
    }
    calls = true;
    part.body = std::move(call);
    part.extra = std::move(extra);
  }

  void read_thought(JsonValue& value) {
    Part& part = add();
    Reasoning thought;
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "redactedContent") {
        thought.encrypted = true;
        part.signature.data = text_in(member.value);
      } else if (member.key == "reasoningText") {
        walk::members_if(member.value, [&](walk::Member& inner) {
          if (inner.key == "text") thought.text = text_in(inner.value);
          if (inner.key == "signature") part.signature.data = text_in(inner.value);
        });
      }
    });
    if (!part.signature.empty()) part.signature.maker = to_string(DialectId::bedrock);
    part.body = std::move(thought);
  }

  void read_cited(JsonValue& value) {
    Part& part = add();
    Text text;
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key != "content") return walk::keep(part.extra, member);
      walk::elements_if(member.value, [&](JsonValue& each) {
        walk::members_if(each, [&](walk::Member& inner) {
          if (inner.key == "text") text.text += text_in(inner.value);
        });
      });
    });
    part.body = std::move(text);
  }

  Part& add() { return choice_.parts.emplace_back(); }

  Choice& choice_;
};

class AnswerReader {
 public:
  explicit AnswerReader(Answer& answer) : answer_(answer), choice_(answer.choices.emplace_back()) {}

  void read(walk::Member& member) {
    if (member.key == "output") {
      walk::members_if(member.value, [&](walk::Member& output) {
        if (output.key == "message") read_message(output.value);
      });
    } else if (member.key == "stopReason") {
      choice_.finish_text = text_in(member.value);
      choice_.finish = finish_reason_from(choice_.finish_text);
    } else if (member.key == "usage" && walk::is_object(member.value)) {
      answer_.usage_raw = walk::raw(member.value);
      answer_.usage = read_usage(member.value);
    } else {  // metrics, trace, performanceConfig, serviceTier, ...
      walk::keep(answer_.extra, member);
    }
  }

  void finish() { choice_.finish = settled(choice_.finish, parts_.answered_by_tool, parts_.calls); }

 private:
  void read_message(JsonValue& message) {
    walk::members_if(message, [&](walk::Member& member) {
      if (member.key == "content") parts_.read(member.value);
    });
  }

  Answer& answer_;
  Choice& choice_;
  PartsReader parts_{choice_};
};

template <class Reader>
Result<void> read_body(JsonReader& json, const std::string& body, Reader& parts) {
  return json.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
}

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider&) {
  pad(body);
  if (endpoint == Endpoint::embeddings || endpoint == Endpoint::count_tokens) {
    const Result<Answer> answer = read_plain_answer(reader, endpoint, body);
    if (!answer) return fail(answer.error());
    AnswerFacts facts;
    facts.usage = answer->usage;
    facts.finish = FinishReason::stop;
    facts.has_content = true;
    return facts;
  }
  FactsReader facts;
  if (Result<void> read = read_body(reader, body, facts); !read) {
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  }
  return facts.take();
}

// The facts are read first, so that an answer is judged the same whoever asks.
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider) {
  const Result<AnswerFacts> facts = read_answer_facts(reader, endpoint, body, provider);
  if (!facts) return fail(facts.error());
  if (endpoint == Endpoint::embeddings || endpoint == Endpoint::count_tokens) {
    return read_plain_answer(reader, endpoint, body);
  }
  Answer answer;
  answer.origin = DialectId::bedrock;
  answer.endpoint = endpoint;
  AnswerReader parts(answer);
  if (Result<void> read = read_body(reader, body, parts); !read) return fail(read.error());
  parts.finish();
  return answer;
}

}  // namespace wye::bedrock
