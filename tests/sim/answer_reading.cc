// Answer reading. See answer_reading.h.
#include "sim/answer_reading.h"

#include <simdjson.h>

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
bool read_event(Json& json, std::string_view event, Reading& reading) {
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
  if (read_text(root, "delta", reading.text)) return true;
  reading = wrong("an event that is no chunk: " + std::string(event.substr(0, 80)));
  return false;
}

Reading read_stream(Json& json, const Received& received) {
  if (received.status != 200) return wrong("a stream with a status of failure");
  std::string_view rest;
  const std::vector<std::string_view> events = events_of(received.body, rest);
  Reading reading;
  reading.ending = Ending::open;
  for (const std::string_view event : events) {
    if (reading.ending != Ending::open) return wrong("an event after the end of the stream");
    if (!read_event(json, event, reading)) return reading;
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
