// Answer reading. See answer_reading.h.
#include "sim/answer_reading.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace wye::sim {
namespace {

using Ending = Reading::Ending;

Reading wrong(std::string why) {
  Reading reading;
  reading.ending = Ending::wrong;
  reading.why = std::move(why);
  return reading;
}

// The type of {"error":{"type":...,"message":...}}, nothing for anything else.
std::optional<std::string> error_type(const simdjson::dom::element& root) {
  std::string_view type;
  std::string_view message;
  if (root["error"]["message"].get(message) != simdjson::SUCCESS || message.empty())
    return std::nullopt;
  if (root["error"]["type"].get(type) != simdjson::SUCCESS || type.empty()) return std::nullopt;
  return std::string(type);
}

bool read_text(const simdjson::dom::element& root, const char* member, std::string& text) {
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element choice : choices) {
    std::string_view part;
    if (choice[member]["content"].get(part) == simdjson::SUCCESS) text.append(part);
  }
  return true;
}

// One parser and one padded buffer for all that is read of an answer.
class Json {
 public:
  bool read(std::string_view text, simdjson::dom::element& root) {
    padded_.assign(text);
    padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return parser_.parse(padded_.data(), text.size(), false).get(root) == simdjson::SUCCESS;
  }

 private:
  simdjson::dom::parser parser_;
  std::string padded_;
};

Reading read_whole(Json& json, const Received& received) {
  if (!received.clean_end) {
    Reading reading;
    reading.ending = Ending::open;
    return reading;
  }
  simdjson::dom::element root;
  if (!json.read(received.body, root)) return wrong("the body is not JSON");
  Reading reading;
  if (const auto type = error_type(root)) {
    if (received.status < 400) return wrong("an error with a status of success");
    reading.ending = Ending::fault;
    reading.error = *type;
    return reading;
  }
  if (received.status != 200) return wrong("a status of failure without an error");
  if (!read_text(root, "message", reading.text)) return wrong("the answer has no choices");
  reading.ending = Ending::whole;
  return reading;
}

// An event of a stream that was read as JSON, split where its text stands. One that is the same
// before and after, with plain text between, says the same in every other way and needs no parser,
// which takes most of the time that it takes to read a stream.
class Pattern {
 public:
  // `text` is what `event` was found to say.
  void learn(std::string_view event, std::string_view text) {
    constexpr std::string_view member = R"("content")";
    known_ = false;
    const std::size_t at = event.find(member);
    if (text.empty() || !is_plain(text) || at != event.rfind(member)) return;
    // Its only one of this name, so here is what was found, if it is written so.
    const std::size_t from = at + member.size() + 2;
    if (event.substr(0, from).substr(at + member.size()) != R"(:")") return;
    if (event.substr(from, text.size()) != text ||
        !event.substr(from + text.size()).starts_with('"'))
      return;
    before_ = event.substr(0, from);
    after_ = event.substr(from + text.size());
    known_ = true;
  }

  // What an event of this pattern says; nothing for any other.
  std::optional<std::string_view> text_in(std::string_view event) const {
    if (!known_ || event.size() < before_.size() + after_.size()) return std::nullopt;
    if (!event.starts_with(before_) || !event.ends_with(after_)) return std::nullopt;
    event.remove_prefix(before_.size());
    event.remove_suffix(after_.size());
    if (!is_plain(event)) return std::nullopt;
    return event;
  }

 private:
  // Stands in JSON as it is.
  static bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  }

  bool known_ = false;
  std::string_view before_, after_;  // of the body that is read
};

// The data of each event; what follows the last blank line is an event that is still open.
std::vector<std::string_view> events_of(std::string_view body, std::string_view& rest) {
  std::vector<std::string_view> events;
  while (true) {
    const std::size_t end = body.find("\n\n");
    if (end == std::string_view::npos) break;
    events.push_back(body.substr(0, end));
    body.remove_prefix(end + 2);
  }
  rest = body;
  return events;
}

// One event of a stream; the reading is over after an end or an error.
bool read_event(Json& json, Pattern& pattern, std::string_view event, Reading& reading) {
  constexpr std::string_view data = "data: ";
  if (!event.starts_with(data)) {
    reading = wrong("an event without data: " + std::string(event.substr(0, 80)));
    return false;
  }
  event.remove_prefix(data.size());
  if (event == "[DONE]") {
    reading.ending = Ending::whole;
    return true;
  }
  if (const auto text = pattern.text_in(event)) {
    reading.text += *text;
    return true;
  }
  simdjson::dom::element root;
  if (!json.read(event, root)) {
    reading = wrong("an event that is not JSON: " + std::string(event.substr(0, 80)));
    return false;
  }
  if (const auto type = error_type(root)) {
    reading.ending = Ending::fault;
    reading.error = *type;
    return true;
  }
  const std::size_t before = reading.text.size();
  if (read_text(root, "delta", reading.text)) {
    pattern.learn(event, std::string_view(reading.text).substr(before));
    return true;
  }
  reading = wrong("an event that is no chunk: " + std::string(event.substr(0, 80)));
  return false;
}

Reading read_stream(Json& json, const Received& received) {
  if (received.status != 200) return wrong("a stream with a status of failure");
  std::string_view rest;
  const std::vector<std::string_view> events = events_of(received.body, rest);
  Pattern pattern;
  Reading reading;
  reading.ending = Ending::open;
  for (const std::string_view event : events) {
    if (reading.ending != Ending::open) return wrong("an event after the end of the stream");
    if (!read_event(json, pattern, event, reading)) return reading;
  }
  if (received.clean_end && !rest.empty()) return wrong("the stream ended within an event");
  if (received.clean_end && reading.ending == Ending::fault)
    return wrong("a clean end after an error frame");
  if (received.clean_end && reading.ending == Ending::open)
    return wrong("a clean end without [DONE]");
  // [DONE] came, and the end of the body did not: the client has the whole answer all the same.
  return reading;
}

}  // namespace

Reading read_answer(const AskPlan& ask, const Received& received) {
  if (received.status == 0) return {};
  const bool is_stream = received.header("content-type").starts_with("text/event-stream");
  if (is_stream && !ask.stream) return wrong("a stream that nobody asked for");
  if (!is_stream && ask.stream && received.status == 200) return wrong("no stream");
  static thread_local Json json;
  return is_stream ? read_stream(json, received) : read_whole(json, received);
}

}  // namespace wye::sim
