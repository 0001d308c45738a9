#include "conformance/passage.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/hash.h"
#include "gateway/event_reader.h"
#include "gateway/stream_relay.h"

namespace wye::conformance {
namespace {

constexpr std::size_t held_bytes_max = 64 << 20;  // as a server holds when nobody says otherwise
constexpr std::size_t event_bytes_max = 8 << 20;

Result<Folded> fold_stream(const Dialect& dialect, const Provider& provider, StreamFraming framing,
                           std::string_view bytes) {
  JsonReader json;
  EventReader events(framing, event_bytes_max);
  const std::unique_ptr<StreamReader> reader = dialect.open_reader(json, provider);
  AnswerFold fold;
  std::vector<Delta> deltas;
  std::optional<Fault> fault;
  const auto take = [&](const SseEvent& event) {
    if (event.comment_only) return;
    deltas.clear();
    EventFacts facts = reader->read(event, &deltas);
    if (facts.fault) fault = std::move(facts.fault);
    for (const Delta& delta : deltas) fold.add(delta);
  };
  events.feed(bytes);
  SseEvent event;
  while (true) {
    const Result<bool> more = events.next(event);
    if (!more) return fail(more.error());
    if (!*more) break;
    take(event);
  }
  if (const Result<bool> last = events.finish(event); last && *last) take(event);
  if (fault) return fail(std::move(*fault));
  return folded(fold.answer());
}

Result<Answer> read_whole(const Dialect& dialect, const Provider& provider, std::string body) {
  JsonReader json;
  pad(body);
  return dialect.read_answer(json, Endpoint::chat, body, provider);
}

// The lengths of the reads; what they leave over is one more.
std::vector<std::size_t> reads_of(const Recording& recording, Cuts cuts, std::uint64_t seed) {
  const std::size_t size = recording.body.size();
  switch (cuts) {
    case Cuts::none: return {size};
    case Cuts::recorded: return recording.reads;
    case Cuts::bytes: return std::vector<std::size_t>(size, 1);
    case Cuts::random: break;
  }
  Dice dice(seed);
  std::vector<std::size_t> lengths;
  for (std::size_t at = 0; at < size; at += lengths.back()) lengths.push_back(1 + dice.below(200));
  return lengths;
}

StreamRelay open_relay(const Dialect& theirs, const Recording& recording, JsonReader& json,
                       const Ask& client) {
  StreamSetup setup;
  setup.framing = theirs.framing;
  setup.reader = theirs.open_reader(json, recording.provider);
  setup.held_bytes_max = held_bytes_max;
  if (client.dialect == recording.dialect) {
    setup.pass_usage = true;
  } else {
    setup.writer = dialect_of(client.dialect)->open_writer(client);
  }
  return StreamRelay(std::move(setup));
}

void take_out(StreamRelay& relay, std::string& out) {
  if (!relay.ready_to_write()) return;
  for (const std::string_view piece : relay.take_pieces()) out.append(piece);
}

Result<std::string> pass_stream(const Recording& recording, const Ask& client, Cuts cuts,
                                std::uint64_t seed) {
  JsonReader json;
  StreamRelay relay = open_relay(*dialect_of(recording.dialect), recording, json, client);
  std::string out;
  std::string_view rest = recording.body;
  std::vector<std::size_t> reads = reads_of(recording, cuts, seed);
  reads.push_back(rest.size());
  for (const std::size_t length : reads) {
    // What is read is gone after the call, as in a buffer that is used again.
    const std::string piece(rest.substr(0, length));
    rest.remove_prefix(piece.size());
    if (piece.empty() || relay.done()) continue;
    if (Result<void> fed = relay.feed(piece); !fed) return fail(std::move(fed.error()));
    take_out(relay, out);
  }
  if (!relay.done()) {
    if (Result<void> ended = relay.end_of_body(); !ended) return fail(std::move(ended.error()));
    take_out(relay, out);
  }
  out += relay.take_last();
  return out;
}

}  // namespace

Ask asking(DialectId client, bool stream) {
  Ask ask;
  ask.dialect = client;
  ask.facts.endpoint = Endpoint::chat;
  ask.facts.stream = stream;
  ask.client_wants_usage = true;
  return ask;
}

Result<Folded> said(const Recording& recording) {
  const Dialect& dialect = *dialect_of(recording.dialect);
  if (recording.stream) {
    return fold_stream(dialect, recording.provider, dialect.framing, recording.body);
  }
  Result<Answer> answer = read_whole(dialect, recording.provider, recording.body);
  if (!answer) return fail(std::move(answer.error()));
  return folded(*answer);
}

Result<std::string> passed(const Recording& recording, const Ask& client, Cuts cuts,
                           std::uint64_t seed) {
  if (recording.stream) return pass_stream(recording, client, cuts, seed);
  if (client.dialect == recording.dialect) return recording.body;
  Result<Answer> answer =
      read_whole(*dialect_of(recording.dialect), recording.provider, recording.body);
  if (!answer) return fail(std::move(answer.error()));
  return dialect_of(client.dialect)->write_answer(*answer, client);
}

Result<Folded> heard(const Ask& client, std::string bytes) {
  const Dialect& dialect = *dialect_of(client.dialect);
  Provider us;
  if (client.facts.stream) return fold_stream(dialect, us, StreamFraming::sse, bytes);
  Result<Answer> answer = read_whole(dialect, us, std::move(bytes));
  if (!answer) return fail(std::move(answer.error()));
  return folded(*answer);
}

}  // namespace wye::conformance
