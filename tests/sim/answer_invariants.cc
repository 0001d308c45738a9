// Invariants of what clients received. See invariants.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/invariants.h"

namespace wye::sim {
namespace {

using Ending = Reading::Ending;

// A client that reads with long pauses may be given up by the gateway, which then closes.
bool reads_slowly(const AskEvidence& ask) { return ask.plan.read_pause_us > 0; }

// From the client to the gateway, with time for a new connection.
constexpr MonoUs journey_us = 50'000;

const Kept* record_of(const Evidence& evidence, const AskEvidence& ask) {
  return ask.kept.empty() ? nullptr : &evidence.kept[ask.kept.front()];
}

bool fixed_answer(const Kept& kept) { return kept.record.degraded.starts_with("answer"); }

// Of several that went on with one answer, the last to add to it; its text is all that was sent.
int last_to_speak(const Kept& kept) {
  for (auto one = kept.record.outcomes.rbegin(); one != kept.record.outcomes.rend(); ++one) {
    if (one->committed) return one->deployment;
  }
  return -1;
}

// Who had not taken the bytes that were sent when its time was over cannot be told so.
bool was_not_taken(const Evidence& evidence, const AskEvidence& ask) {
  const Kept* kept = record_of(evidence, ask);
  return kept != nullptr && kept->record.fault && kept->record.fault->code == "client_too_slow";
}

}  // namespace

Verdict one_terminal_answer(const Evidence& evidence) {
  for (const auto& [number, ask] : evidence.asks) {
    if (!ask.received.finished) return Found{number, "the client still waits"};
    const bool may_be_open = ask.received.left || reads_slowly(ask);
    switch (ask.reading.ending) {
      case Ending::whole:
      case Ending::fault: break;
      case Ending::none:
        if (!may_be_open && ask.plan.at_us + journey_us < evidence.closed_at_us)
          return Found{number, "no answer: " + ask.received.trouble};
        break;
      case Ending::open:
        if (!may_be_open && !was_not_taken(evidence, ask))
          return Found{number, "neither an end nor an error: " + ask.received.trouble};
        break;
      case Ending::wrong: return Found{number, ask.reading.why};
    }
    const bool is_stream = ask.received.header("content-type").starts_with("text/event-stream");
    if (ask.reading.ending == Ending::whole && !ask.received.clean_end && !may_be_open)
      return Found{number, "a whole answer without the end of the body"};
    if (ask.reading.ending == Ending::fault && !is_stream && !ask.received.clean_end)
      return Found{number, "an error that is cut"};
  }
  return std::nullopt;
}

// Which provider it may be of is told by the header, checked against the record elsewhere.
Verdict text_of_one_provider(const Evidence& evidence) {
  for (const auto& [number, ask] : evidence.asks) {
    const bool is_stream = ask.received.header("content-type").starts_with("text/event-stream");
    const bool expects_text = ask.reading.ending == Ending::whole || is_stream;
    if (!expects_text || ask.reading.ending == Ending::wrong) continue;
    const Kept* kept = record_of(evidence, ask);
    if (kept == nullptr) continue;  // one_record_a_request tells
    if (fixed_answer(*kept)) {
      if (ask.reading.text != "The fixed answer." && ask.reading.ending == Ending::whole)
        return Found{number, "not the fixed answer: " + ask.reading.text};
      continue;
    }
    const std::string_view served_by = ask.received.header("x-wye-deployment");
    const int index = went_on(*kept) ? last_to_speak(*kept)
                                     : find_index(kept->rules->deployment_by_name, served_by);
    if (index < 0) return Found{number, "served by nobody: \"" + std::string(served_by) + "\""};
    const std::string& provider = provider_of(*kept->rules, index);
    const auto found = ask.whole.find(provider);
    if (found == ask.whole.end()) return Found{number, "an answer of nobody who was asked"};
    const std::optional<WholeAnswer>& whole = found->second;
    if (!whole) return Found{number, "an answer to what no provider answers"};
    // A limit of tokens begins anew for one who goes on from a prefix.
    if (ask.plan.tokens_max > 0 && went_on(*kept)) continue;
    if (ask.reading.text.empty() && had_nothing_to_say(evidence, number, provider)) continue;
    if (ask.reading.ending == Ending::whole && ask.reading.text != whole->text)
      return Found{number, fmt::format("whole, but not the answer of {}:\n  got  {}\n  want {}",
                                       provider, ask.reading.text, whole->text)};
    if (!whole->text.starts_with(ask.reading.text))
      return Found{number, fmt::format("no beginning of the answer of {}:\n  got  {}\n  want {}",
                                       provider, ask.reading.text, whole->text)};
  }
  return std::nullopt;
}

Verdict errors_are_typed(const Evidence& evidence) {
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.reading.ending != Ending::fault) continue;
    if (ask.received.status >= 400 && ask.received.header("x-wye-error-class").empty())
      return Found{number, "an error without its class"};
    if (ask.received.header("x-wye-error-class") == "internal")
      return Found{number, "a defect of ours: " + ask.received.body};
  }
  return std::nullopt;
}

// The deadline of the plan, the patience after a model's last word, and what the books may take.
Verdict answers_in_time(const Evidence& evidence) {
  constexpr MonoUs grace_us = 6'000'000;
  constexpr MonoUs give_up_us = 2'500'000;
  for (const auto& [number, ask] : evidence.asks) {
    const Kept* kept = record_of(evidence, ask);
    if (kept == nullptr || !kept->record.decided || kept->plan.deadline_ms <= 0) continue;
    if (reads_slowly(ask)) continue;
    MonoUs slow_store = 0;
    for (const Trouble& trouble : evidence.scenario->troubles) {
      if (trouble.kind == Trouble::Kind::store_slow) slow_store += trouble.for_us;
    }
    const MonoUs most = kept->plan.deadline_ms * 1000 + grace_us + give_up_us + slow_store;
    const MonoUs took = ask.received.ended_us - ask.received.began_us;
    if (took > most)
      return Found{number, fmt::format("took {} ms with a deadline of {} ms", took / 1000,
                                       kept->plan.deadline_ms)};
  }
  return std::nullopt;
}

}  // namespace wye::sim
