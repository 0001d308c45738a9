// Dialect: one provider format as a table of pure functions. Each converts only to and from the hub
// (Ask, Content, Answer, Delta); no dialect knows another, and table.cc lists them by hand. When
// client and provider speak the same dialect the gateway splices bytes and uses only the "facts"
// functions.
//
// Pure, any thread; a JsonReader is passed in because its buffers belong to a loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/answer.h"
#include "core/ask.h"
#include "core/content.h"
#include "core/deployment.h"
#include "core/outcome.h"
#include "wire/json.h"
#include "wire/sse.h"

namespace wye {

// Which dialect and endpoint a path of ours belongs to, and what else the path says.
struct InboundRoute {
  DialectId dialect = DialectId::openai;
  Endpoint endpoint = Endpoint::chat;
  std::string_view path = {};   // Gemini names model and method there
  std::string_view query = {};  // without its question mark; Gemini: alt=sse
};

// Request to a provider: the body is a list of pieces, so that a spliced body is not copied. Views
// into the Ask's body and into `owned`; lives no longer than either.
struct ProviderRequest {
  std::string path;  // below the provider's base path, e.g. "/chat/completions"
  std::vector<std::string_view> body;
  std::vector<std::string> owned;  // reserve before taking views
  std::size_t body_bytes = 0;
  bool stream = false;
  // Lines of the dialect's own, such as anthropic-version; no credentials.
  std::vector<std::pair<std::string, std::string>> headers;
  // Members of the client's request that this target has no place for, as their client spells them.
  // Told in x-wye-dropped, so that nothing goes missing in silence.
  std::vector<std::string> dropped;
};

// How a provider cuts its stream into events. The events of all reach the StreamReader as SseEvent:
// of json_lines `data` is the line; of event_stream `type` is the :event-type (or the
// :exception-type, whose names end in Exception) and `data` the payload.
enum class StreamFraming : std::uint8_t {
  sse,
  json_lines,
  event_stream
};

// What the gateway must know of an answer that it passes on unchanged.
struct AnswerFacts {
  Usage usage;
  FinishReason finish = FinishReason::none;
  std::string model;
  bool has_content = false;       // text, a tool call, a refusal, an embedding: anything
  std::int64_t output_bytes = 0;  // of text and arguments, for estimates when usage is missing
};

// What the gateway must know of one stream event that it passes on unchanged.
struct EventFacts {
  bool content = false;  // carries a token: text, reasoning, tool call, refusal
  bool usage_only =
      false;               // the trailing usage chunk, which a client that did not ask must not see
  bool done = false;       // the end marker
  bool malformed = false;  // not JSON; to be skipped, and counted
  std::int64_t output_bytes = 0;
  FinishReason finish = FinishReason::none;
  std::optional<Usage> usage;
  std::optional<Fault> fault;  // an error event inside a 200
  std::string_view model;      // view into the event, "" when absent
  // View into the event: a member with its comma that is there only because the gateway asked for
  // usage. Strict clients that did not ask refuse it.
  std::string_view unasked;
  // In place of a delta, see StreamReader::prefer_text(). Lives until the next event is read.
  std::string_view text;
};

// Reads one stream of a provider.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  // `deltas` may be null: then only facts are wanted and no text is unescaped.
  virtual EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) = 0;
  // From now on an event that adds nothing to the answer but text of its first choice may give that
  // text in its facts and no delta, where this costs less. Other members of such an event are lost.
  virtual void prefer_text() {}
};

// Writes one stream to a client.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  virtual void write(const Delta& delta, std::string& out) = 0;
  // The regular end; call once, after the last delta.
  virtual void finish(std::string& out) = 0;
};

struct Dialect {
  DialectId id;
  StreamFraming framing;  // of the provider's streams

  // Client side; null where the dialect is only spoken to providers.
  std::string_view (*stream_content_type)(const Ask&);
  Result<Ask> (*read_ask)(JsonReader&, const InboundRoute&, std::string body);
  Result<Content> (*read_content)(JsonReader&, const Ask&);
  std::string (*write_answer)(const Answer&, const Ask&);
  std::unique_ptr<StreamWriter> (*open_writer)(const Ask&);
  // An error in place of an answer. `request_id` is what the gateway calls the request.
  std::string (*write_fault)(const Fault&, std::string_view request_id, const Ask&);
  // The last frame of a stream of which something was sent before.
  std::string (*write_fault_event)(const Fault&, std::string_view request_id, const Ask&);

  // Provider side. `splice` when the client spoke this dialect too, else `write_ask` from the
  // content; its Fault says what the target cannot do, and then another may be asked.
  ProviderRequest (*splice)(const Ask&, const Deployment&, const Provider&, bool drop_reasoning);
  Result<ProviderRequest> (*write_ask)(const Content&, const Ask&, const Deployment&,
                                       const Provider&);
  Result<AnswerFacts> (*read_answer_facts)(JsonReader&, Endpoint, std::string& body,
                                           const Provider&);
  Result<Answer> (*read_answer)(JsonReader&, Endpoint, std::string& body, const Provider&);
  std::unique_ptr<StreamReader> (*open_reader)(JsonReader&, const Provider&);
  // Classifies an error answer; `retry_after_ms` is filled from headers and body.
  Fault (*read_fault)(JsonReader&, int status, const Headers&, std::string& body, TimeMs now);
  // Whether a spliced body is what this provider understands; where not, the request is written
  // anew from its content. Null: always.
  bool (*can_splice)(const Ask&, const Provider&) = nullptr;
  // Whether a provider's answer is what the client of the same dialect understands; where not, it
  // is read and written anew. Streams always are. Null: always.
  bool (*passes_answer)(const Ask&, const Provider&) = nullptr;
};

// The functions of a dialect; null when this version does not have it.
const Dialect* dialect_of(DialectId id);
// The inbound path table ("/v1/chat/completions" with method POST). `path` may end in a query; the
// route's views are into it.
std::optional<InboundRoute> inbound_route(std::string_view target);
// The paths that it knows by name; Gemini's, which hold a model's, are not among them.
std::span<const std::string_view> inbound_paths();

// Rate-limit headers in every format that providers use.
LimitsSeen read_limits(LimitHeaders format, const Headers& headers, TimeMs now);
// Retry-After, retry-after-ms: seconds, fractions, HTTP dates; -1 when absent or unreadable.
std::int64_t read_retry_after_ms(const Headers& headers, TimeMs now);

}  // namespace wye
