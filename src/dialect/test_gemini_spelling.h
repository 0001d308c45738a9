// Test help: what an answer spells, told in two ways that know nothing of each other: by walking
// the recorded JSON, and from the hub's Answer. Also a tally of comparisons.
#pragma once

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "core/answer.h"
#include "dialect/test_corpus.h"

namespace wye::test {

struct Tally {
  int all = 0, good = 0;
  std::map<std::string, int> bad;
  std::map<std::string, std::string> example;
  void add(bool fine, const std::string& cause, const std::string& id) {
    ++all;
    if (fine) {
      ++good;
      return;
    }
    if (bad[cause]++ == 0) example[cause] = id;
  }
  double percent() const { return all == 0 ? 0.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d equal (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, count] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", count, cause.c_str(), example.at(cause).c_str());
    }
  }
};

struct SpelledChoice {
  std::string text, thoughts, signatures;
  std::vector<std::string> calls;  // name and arguments
  std::vector<std::string> ids;
  std::string finish;  // the class
  bool operator==(const SpelledChoice&) const = default;
};
struct Spelled {
  std::map<int, SpelledChoice> choices;
  Usage usage;
  std::string model, id;
  bool blocked = false, error = false;
};

// "" when the two say the same, else what differs.
inline std::string difference(const Spelled& a, const Spelled& b) {
  if (a.choices.size() != b.choices.size()) return "choices";
  for (const auto& [index, choice] : a.choices) {
    if (!b.choices.contains(index)) return "index";
    const SpelledChoice& other = b.choices.at(index);
    if (choice.text != other.text) return "text";
    if (choice.thoughts != other.thoughts) return "thoughts";
    if (choice.calls != other.calls) return "calls";
    if (choice.finish != other.finish) return "finish " + choice.finish + " as " + other.finish;
    if (choice.signatures != other.signatures) return "signatures";
  }
  const Usage &x = a.usage, &y = b.usage;
  const bool same = x.input == y.input && x.output == y.output && x.reasoning == y.reasoning &&
                    x.cache_read == y.cache_read;
  return same ? "" : "usage";
}

inline std::string minified(std::string_view json) {
  simdjson::dom::parser parser;
  corpus::Dom root;
  if (parser.parse(std::string(json)).get(root) != simdjson::SUCCESS)
    return "?" + std::string(json);
  return simdjson::minify(root);
}

inline std::string finish_class(std::string_view word, bool called) {
  static const std::map<std::string_view, std::string_view> classes{
      {"STOP", "stop"},
      {"1", "stop"},
      {"MAX_TOKENS", "length"},
      {"SAFETY", "content_filter"},
      {"RECITATION", "content_filter"},
      {"MODEL_ARMOR", "content_filter"},
      {"MALFORMED_FUNCTION_CALL", "error"},
      {"UNEXPECTED_TOOL_CALL", "error"},
      {"", "none"},
  };
  const auto found = classes.find(word);
  if (found == classes.end()) return "other";
  return called && found->second == "stop" ? "tool_calls" : std::string(found->second);
}

inline std::int64_t count_at(const corpus::Dom& value, std::string_view name) {
  std::int64_t out = 0;
  return value[name].get(out) == simdjson::SUCCESS ? out : 0;
}

inline void spell_part(const corpus::Dom& part, SpelledChoice& out) {
  std::string_view text, signature;
  bool flag = false;
  const bool thought = part["thought"].get(flag) == simdjson::SUCCESS && flag;
  if (part["text"].get(text) == simdjson::SUCCESS) (thought ? out.thoughts : out.text) += text;
  corpus::Dom call, args;
  if (part["functionCall"].get(call) == simdjson::SUCCESS) {
    const bool has_args = call["args"].get(args) == simdjson::SUCCESS;
    out.calls.push_back(corpus::text_at(call, "/name") + " " +
                        (has_args ? std::string(simdjson::minify(args)) : "{}"));
    out.ids.push_back(corpus::text_at(call, "/id"));
  }
  const bool code = part["executableCode"].error() == simdjson::SUCCESS;
  if (!code && part["thoughtSignature"].get(signature) == simdjson::SUCCESS) {
    out.signatures += std::string(signature) + "|";
  }
}

inline void spell_candidate(const corpus::Dom& candidate, Spelled& out,
                            std::map<int, std::string>& words) {
  const int index = static_cast<int>(count_at(candidate, "index"));
  SpelledChoice& choice = out.choices[index];
  simdjson::dom::array parts;
  if (candidate.at_pointer("/content/parts").get(parts) == simdjson::SUCCESS) {
    for (const corpus::Dom part : parts) spell_part(part, choice);
  }
  std::string_view word;
  std::int64_t number = 0;
  if (candidate["finishReason"].get(word) == simdjson::SUCCESS) words[index] = word;
  if (candidate["finishReason"].get(number) == simdjson::SUCCESS) {
    words[index] = std::to_string(number);
  }
}

// The chunks of a stream, or one whole answer.
inline Spelled spell(const std::vector<std::string>& documents) {
  Spelled out;
  std::map<int, std::string> words;
  for (const std::string& document : documents) {
    simdjson::dom::parser parser;
    corpus::Dom root;
    if (parser.parse(document).get(root) != simdjson::SUCCESS) continue;
    simdjson::dom::array candidates;
    if (root["candidates"].get(candidates) == simdjson::SUCCESS) {
      for (const corpus::Dom each : candidates) spell_candidate(each, out, words);
    }
    if (out.model.empty()) out.model = corpus::text_at(root, "/modelVersion");
    if (out.id.empty()) out.id = corpus::text_at(root, "/responseId");
    out.blocked |= !corpus::text_at(root, "/promptFeedback/blockReason").empty();
    out.error |= root["error"].error() == simdjson::SUCCESS;
    corpus::Dom usage;
    if (root["usageMetadata"].get(usage) != simdjson::SUCCESS) continue;
    // Vertex sends objects without counts while it streams.
    if (usage["promptTokenCount"].error() != simdjson::SUCCESS &&
        usage["candidatesTokenCount"].error() != simdjson::SUCCESS) {
      continue;
    }
    const std::int64_t thoughts = count_at(usage, "thoughtsTokenCount");
    out.usage = {};
    out.usage.input =
        count_at(usage, "promptTokenCount") + count_at(usage, "toolUsePromptTokenCount");
    out.usage.cache_read = count_at(usage, "cachedContentTokenCount");
    out.usage.output = count_at(usage, "candidatesTokenCount") + thoughts;
    out.usage.reasoning = thoughts;
  }
  for (auto& [index, choice] : out.choices) {
    choice.finish = finish_class(words[index], !choice.calls.empty());
  }
  return out;
}

inline Spelled spelled_of(const Answer& answer) {
  Spelled out;
  out.usage = answer.usage;
  out.model = answer.model;
  out.id = answer.id;
  for (const Choice& choice : answer.choices) {
    SpelledChoice& spelled = out.choices[choice.index];
    spelled.finish = to_string(choice.finish);
    spelled.text = text_of(choice.parts);
    for (const Part& part : choice.parts) {
      if (const auto* no = std::get_if<Declined>(&part.body)) spelled.text += no->text;
      if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
        spelled.thoughts += thought->text;
      }
      if (const auto* call = std::get_if<ToolCall>(&part.body)) {
        const std::string arguments = call->arguments.empty() ? "{}" : call->arguments;
        spelled.calls.push_back(call->name + " " + minified(arguments));
        spelled.ids.push_back(call->id);
      }
      if (!part.signature.empty()) spelled.signatures += part.signature.data + "|";
    }
  }
  return out;
}

// The events of a recorded stream: server-sent events, or the elements of one JSON array.
inline std::vector<std::string> documents_of(std::string_view body) {
  std::vector<std::string> out;
  simdjson::dom::parser parser;
  simdjson::dom::array elements;
  if (parser.parse(std::string(body)).get(elements) == simdjson::SUCCESS) {
    for (const corpus::Dom each : elements) out.push_back(std::string(simdjson::minify(each)));
    return out;
  }
  SseReader sse(1 << 24);
  sse.feed(body);
  SseEvent event;
  while (sse.next(event).value_or(false)) out.emplace_back(event.data);
  if (sse.finish(event).value_or(false)) out.emplace_back(event.data);
  return out;
}
inline std::string as_events(const std::vector<std::string>& documents) {
  std::string out;
  for (const std::string& each : documents) out += "data: " + each + "\r\n\r\n";
  return out;
}

}  // namespace wye::test
