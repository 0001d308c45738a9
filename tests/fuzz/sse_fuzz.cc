// Fuzzes the event reader: whatever the reads, the events are those that a naive reading of the
// standard gives. The first byte of the input is the size of the reads.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/sse.h"

namespace {

using namespace wye;

struct Event {
  std::string type;
  std::string data;
  bool comment_only = true;
  bool operator==(const Event&) const = default;
};

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    if (text[i] == '\r' || text[i] == '\n')
      lines.emplace_back();
    else
      lines.back() += text[i];
  }
  return lines;
}

void take_line(Event& event, bool& has_data, const std::string& line) {
  const std::size_t colon = line.find(':');
  const std::string name = line.substr(0, colon);
  std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.erase(0, 1);
  if (name == "event") {
    event.type = value;
    event.comment_only = false;
  } else if (name == "data") {
    event.data += (has_data ? "\n" : "") + value;
    event.comment_only = false;
    has_data = true;
  }
}

// The standard, word by word, with the whole stream in hand.
std::vector<Event> reference(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string> lines = lines_of(text);
  lines.emplace_back();  // as if a blank line closed the last event
  std::vector<Event> events;
  Event event;
  bool has_data = false;
  bool open = false;
  for (const std::string& line : lines) {
    if (!line.empty()) {
      take_line(event, has_data, line);
      open = true;
    } else if (open) {
      events.push_back(event);
      event = {};
      has_data = open = false;
    }
  }
  return events;
}

struct Reading {
  std::vector<Event> events;
  std::string raw;
  bool refused = false;
  bool operator==(const Reading&) const = default;
};

void note(Reading& reading, const SseEvent& event) {
  reading.events.push_back({std::string(event.type), std::string(event.data), event.comment_only});
  reading.raw += event.raw;
}

Reading read_by(std::string_view bytes, std::size_t portion, std::size_t limit) {
  SseReader reader(limit);
  Reading reading;
  SseEvent event;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    Result<bool> more = reader.next(event);
    for (; more && *more; more = reader.next(event)) note(reading, event);
    reading.refused = !more;
    if (reading.refused) return reading;
    require(reader.held() <= limit + portion + 3);
  }
  const Result<bool> last = reader.finish(event);
  reading.refused = !last;
  if (last && *last) note(reading, event);
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t portion = 1 + data[0] % 32;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = read_by(bytes, bytes.size(), 1 << 20);
  require(!whole.refused);
  require(whole.events == reference(bytes));
  require(read_by(bytes, portion, 1 << 20) == whole);
  require(read_by(bytes, 1, 1 << 20) == whole);
  if (!whole.raw.starts_with("\xef\xbb\xbf"))  // which would be taken for a byte order mark
    require(read_by(whole.raw, portion, 1 << 20).events == whole.events);
  const Reading limited = read_by(bytes, bytes.size(), 16);
  require(read_by(bytes, portion, 16) == limited);
  require(read_by(bytes, 1, 16) == limited);
  return 0;
}
