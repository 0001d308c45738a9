// Writing. Pure.
#include "dialect/writing.h"

#include <algorithm>

#include "dialect/json_walk.h"
#include "wire/splice.h"

namespace wye {
namespace {

bool fits_tool_turn(const Part& part) {
  if (const auto* document = std::get_if<Document>(&part.body)) return is_plain_text(*document);
  return !std::holds_alternative<Image>(part.body) && !std::holds_alternative<Audio>(part.body);
}

bool is_object(std::string text) {
  pad(text);
  JsonReader reader;
  return reader.read_object(text, [](JsonObject&) -> Result<void> { return {}; }).has_value();
}

// Any one JSON value: the reader wants an object, so it stands in an array in one. A text such as
// `1],"x":[2` gets past the reader that way, but an array of one element it is not.
bool is_value(std::string_view text) {
  std::string document = R"({"v":[)";
  document.append(text).append("]}");
  pad(document);
  JsonReader reader;
  int members = 0, elements = 0;
  const auto read = reader.read_object(document, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      ++members;
      walk::elements_if(member.value, [&](JsonValue&) { ++elements; });
      return {};
    });
  });
  return read && members == 1 && elements == 1;
}

}  // namespace

ProviderRequest whole_request(std::string path, std::string body, bool stream) {
  ProviderRequest request;
  request.path = std::move(path);
  request.stream = stream;
  request.owned.push_back(std::move(body));
  request.body.push_back(request.owned.back());
  request.body_bytes = request.owned.back().size();
  return request;
}

ProviderRequest spliced_request(std::string path, const Ask& ask, const Deployment& deployment,
                                bool drop_reasoning) {
  Edits edits;
  std::string model;
  append_json_string(model, deployment.model);
  edits.replace({ask.model.offset, ask.model.length}, model);
  if (drop_reasoning && ask.thinking_member.present()) {
    edits.remove_member({ask.thinking_member.offset, ask.thinking_member.length});
  }
  return whole_request(std::move(path), edits.apply(ask.body), ask.facts.stream);
}

tl::unexpected<Fault> unsupported(std::string_view param, std::string message) {
  Fault bad = fault(FaultKind::bad_request, std::move(message));
  bad.param = param;
  bad.code = "unsupported_parameter";
  return fail(std::move(bad));
}

void add_dropped(std::vector<std::string>& dropped, std::string_view name) {
  // A client may send any number, and the header that tells of them is cut much earlier.
  constexpr std::size_t dropped_max = 500;
  if (dropped.size() == dropped_max) return;
  if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) dropped.emplace_back(name);
}

std::vector<std::string> stops_for(const Content& content, std::size_t count_max,
                                   std::vector<std::string>& dropped) {
  std::vector<std::string> stops = content.stop;
  if (stops.size() <= count_max) return stops;
  stops.resize(count_max);
  add_dropped(dropped, "stop");
  return stops;
}

std::vector<Turn> turns_of(const std::vector<Message>& messages) {
  std::vector<Turn> turns;
  for (const Message& message : messages) {
    Turn rest{.message = &message, .role = message.role};
    bool results = false;
    for (const Part& part : message.parts) {
      const auto* result = std::get_if<ToolResult>(&part.body);
      if (result == nullptr) {
        rest.parts.push_back(&part);
        continue;
      }
      results = true;
      Turn turn{.message = &message, .role = Role::tool, .result = result, .result_part = &part};
      for (const Part& each : result->parts) {
        (fits_tool_turn(each) ? turn.parts : rest.parts).push_back(&each);
      }
      turns.push_back(std::move(turn));
    }
    if (results && rest.parts.empty()) continue;
    if (results) rest.role = Role::user;
    turns.push_back(std::move(rest));
  }
  return turns;
}

bool is_plain_text(const Document& document) {
  return !document.text.empty() && document.media.base64.empty() && document.media.url.empty() &&
         document.media.file_id.empty();
}

std::string text_of_document(const Document& document) {
  const std::string& title = document.title.empty() ? document.name : document.title;
  return title.empty() ? document.text : title + "\n" + document.text;
}

std::string arguments_object(std::string_view text) {
  // Line ends within JSON stand between its tokens only; in a stream they would end the event.
  std::string arguments(text);
  std::replace_if(
      arguments.begin(), arguments.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  const std::size_t start = arguments.find_first_not_of(" \t");
  if (start == std::string::npos) return "{}";
  if (arguments[start] == '{' && is_object(arguments)) return arguments;
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("arguments");
  is_value(arguments) ? json.raw(arguments) : json.value(text);
  json.end_object();
  return out;
}

}  // namespace wye
