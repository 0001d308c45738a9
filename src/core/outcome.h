// Outcome: one attempt at one deployment, as it ended. Usage: tokens by kind and where the numbers
// came from. Plain values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "base/units.h"
#include "core/next_facts.h"

namespace wye {

enum class UsageSource : std::uint8_t {
  none,
  provider,
  counted,
  estimated
};
std::string_view to_string(UsageSource source);
std::optional<UsageSource> usage_source_from(std::string_view name);

// Input includes cached tokens, output includes reasoning, whatever the provider's own habit.
struct Usage {
  std::int64_t input = 0;
  std::int64_t cache_read = 0;   // part of input
  std::int64_t cache_write = 0;  // part of input
  std::int64_t output = 0;
  std::int64_t reasoning = 0;  // part of output
  UsageSource source = UsageSource::none;
  bool operator==(const Usage&) const = default;
};

enum class FinishReason : std::uint8_t {
  none,
  stop,
  length,
  tool_calls,
  content_filter,
  error,
  other
};
std::string_view to_string(FinishReason reason);
std::optional<FinishReason> finish_reason_from(std::string_view name);

// What the provider's headers say of our limits there; -1: not said. The reset of a limit that is
// used up is when it has room again, even if it is not full by then.
struct LimitsSeen {
  std::int64_t requests_limit = -1, requests_left = -1, requests_reset_ms = -1;
  std::int64_t tokens_limit = -1, tokens_left = -1, tokens_reset_ms = -1;
  bool operator==(const LimitsSeen&) const = default;
};

// How an attempt went on with an answer that its client had the beginning of already.
enum class Resume : std::uint8_t {
  none,    // nothing had been sent
  prefix,  // the model was given the beginning to continue
  again    // the request was sent once more, and its answer compared with the beginning
};
std::string_view to_string(Resume resume);
std::optional<Resume> resume_from(std::string_view name);

struct Outcome {
  int step = 0;  // index into Plan::steps
  // Not of the record: what the attempt says, or does not say, of its deployment.
  bool by_gateway = false;  // the gateway answered itself, and nobody was called
  bool hurried = false;     // others had used up most of the request's time before
  int deployment = -1;
  int retry = 0;  // 0: first try at this step
  TimeMs started = 0;
  std::int64_t wait_us = 0;         // backoff before it
  std::int64_t connect_us = -1;     // -1: a pooled connection, or never connected
  std::int64_t first_byte_us = -1;  // from the start of the attempt
  std::int64_t ttft_us = -1;
  std::int64_t duration_us = 0;
  int status = 0;  // of the provider, 0: none
  // Nothing: the answer was whole. FaultKind::no_candidate: the step could not even be started (its
  // half-open probe or its last parallel slot was taken by another request since the decision), or,
  // with a status, its answer cannot be joined to what the client has.
  std::optional<Fault> fault;
  bool committed = false;  // bytes went to the client
  Resume resume = Resume::none;
  bool hedge = false;        // asked beside another one, which was slow
  bool repair = false;       // the model was shown its invalid answer and asked to mend it
  bool drill = false;        // a live drill spoke in its provider's place, or spoiled what it said
  bool holds_probe = false;  // it is the one probe of a half-open breaker; not recorded
  bool begun = false;        // counted as begun, with these tokens; not recorded
  std::int64_t tokens_expected = 0;
  FinishReason finish = FinishReason::none;
  std::string provider_model;  // as the answer names it
  std::string provider_request_id;
  Usage usage;
  std::int64_t input_estimated = 0;  // AskFacts::input_tokens of its request, beside usage.input
  std::int64_t input_counted = 0;    // by the provider, when it was asked to count and no more
  LimitsSeen limits;
  std::int64_t events_malformed = 0;
  NanoUsd cost_nanousd = 0;
  bool cost_known = false;
  // What next() was told when this one had failed. Nothing: it was not asked, or the record was
  // written before this was kept.
  std::optional<NextFacts> told;
};

// False for a step that was never started: its probe or slot was taken.
inline bool was_called(const Outcome& outcome) {
  return !outcome.fault || outcome.fault->kind != FaultKind::no_candidate || outcome.status > 0;
}

// The first two attempts ran side by side: neither was asked because of the other's fault.
inline bool began_as_a_race(std::span<const Outcome> outcomes) {
  return outcomes.size() > 1 && (outcomes[0].hedge || outcomes[1].hedge);
}

// Bytes of an answer went to the client.
inline bool any_committed(std::span<const Outcome> outcomes) {
  return std::any_of(outcomes.begin(), outcomes.end(),
                     [](const Outcome& one) { return one.committed; });
}

}  // namespace wye
