// Gemini logprobs. Pure.
#include "dialect/gemini_logprobs.h"

#include <vector>

#include "dialect/gemini_fields.h"

namespace wye::gemini {
namespace {

struct Token {
  std::string text;
  double logprob = 0;
};
using Tokens = std::vector<Token>;

Token read_token(JsonValue& value, std::string_view number_name) {
  Token out;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "token") (void)take_text(member, out.text);
    if (is_field(member.key, number_name)) out.logprob = walk::number_if(member.value).value_or(0);
  });
  return out;
}

Tokens read_tokens(JsonValue& list, std::string_view number_name) {
  Tokens out;
  walk::elements_if(list, [&](JsonValue& each) { out.push_back(read_token(each, number_name)); });
  return out;
}

void write_openai(JsonWriter& json, const Token& token) {
  json.field("token", token.text).field("logprob", token.logprob).key("bytes").null();
}

void write_gemini(JsonWriter& json, const Token& token) {
  json.begin_object().field("token", token.text).field("logProbability", token.logprob);
  json.end_object();
}

// One position: what was chosen, and what else there was.
struct Position {
  Token chosen;
  Tokens top;
};

Position read_position(JsonValue& value) {
  Position out;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "token") (void)take_text(member, out.chosen.text);
    if (member.key == "logprob") {
      out.chosen.logprob = walk::number_if(member.value).value_or(0);
    }
    if (member.key == "top_logprobs") out.top = read_tokens(member.value, "logprob");
  });
  return out;
}

}  // namespace

std::string logprob_elements(JsonValue& result) {
  Tokens chosen;
  std::vector<Tokens> top;
  walk::members_if(result, [&](walk::Member& member) {
    if (is_field(member.key, "chosenCandidates")) {
      chosen = read_tokens(member.value, "logProbability");
    } else if (is_field(member.key, "topCandidates")) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        Tokens& tokens = top.emplace_back();
        walk::members_if(each, [&](walk::Member& inner) {
          if (inner.key == "candidates") tokens = read_tokens(inner.value, "logProbability");
        });
      });
    }
  });
  std::string out;
  JsonWriter json(out);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    json.begin_object();
    write_openai(json, chosen[i]);
    json.key("top_logprobs").begin_array();
    for (const Token& token : i < top.size() ? top[i] : Tokens{}) {
      json.begin_object();
      write_openai(json, token);
      json.end_object();
    }
    json.end_array().end_object();
  }
  return out;
}

std::string logprobs_result(JsonReader& reader, std::string_view logprobs) {
  std::string text(logprobs);
  pad(text);
  std::vector<Position> positions;
  (void)reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (member.key != "content") return {};
      walk::elements_if(member.value,
                        [&](JsonValue& each) { positions.push_back(read_position(each)); });
      return {};
    });
  });
  if (positions.empty()) return {};
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("chosenCandidates").begin_array();
  for (const Position& position : positions) write_gemini(json, position.chosen);
  json.end_array().key("topCandidates").begin_array();
  for (const Position& position : positions) {
    json.begin_object().key("candidates").begin_array();
    for (const Token& token : position.top) write_gemini(json, token);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace wye::gemini
