#include "gateway/settle.h"

#include <algorithm>
#include <limits>

#include "core/tokens_believed.h"
#include "policy/cost.h"
#include "policy/token_correction.h"
#include "wire/token_estimate.h"

namespace wye {
namespace {

void add_costs(Record& record) {
  record.cost_nanousd = 0;
  record.cost_known = true;
  for (const Outcome& outcome : record.outcomes) {
    // Prices may be any as well, so the largest sum is the most that fits.
    if (__builtin_add_overflow(record.cost_nanousd, outcome.cost_nanousd, &record.cost_nanousd))
      record.cost_nanousd = std::numeric_limits<NanoUsd>::max();
    if (!outcome.cost_known) record.cost_known = false;
  }
}

// Of what the client has, which need not be of the last attempt: after it others may have been
// asked in vain. An answer that was put aside and taken after all brought its usage along.
void add_usage(Record& record) {
  const auto served =
      std::find_if(record.outcomes.rbegin(), record.outcomes.rend(), [&](const Outcome& one) {
        return one.deployment == record.served_by && (one.committed || !one.fault);
      });
  if (served != record.outcomes.rend()) record.usage = served->usage;
}

void add_baseline(const Rules& rules, Record& record) {
  if (rules.baseline < 0 || record.served_by < 0) return;
  const Deployment& baseline = rules.deployments[static_cast<std::size_t>(rules.baseline)];
  record.baseline_cost_nanousd = cost_of(record.usage, baseline.price);
}

// Not every dialect bounds what its providers count, and metrics and the store add it up.
Usage believed(Usage usage) {
  for (std::int64_t* tokens :
       {&usage.input, &usage.cache_read, &usage.cache_write, &usage.output, &usage.reasoning}) {
    *tokens = believed_tokens(*tokens);
  }
  return usage;
}

// A stream that ended before its model did says only what had been counted by then, which for some
// is one token, told before the first.
void count_what_came(std::int64_t output_bytes, Usage& usage) {
  const std::int64_t came = tokens_of_bytes(static_cast<std::size_t>(output_bytes));
  if (came <= usage.output) return;
  usage.output = came;
  usage.source = UsageSource::estimated;
}

// To count costs nothing and uses no tokens: the number is the answer. It is kept to learn from.
void settle_count(Outcome& outcome) {
  if (outcome.usage.source == UsageSource::provider) outcome.input_counted = outcome.usage.input;
  outcome.usage = {};
}

}  // namespace

void settle_outcome(const Exchange& x, Came came, Outcome& outcome) {
  outcome.input_estimated = x.ask.facts.input_tokens;
  outcome.cost_known = true;
  outcome.usage = believed(outcome.usage);
  if (x.ask.facts.endpoint == Endpoint::count_tokens) return settle_count(outcome);
  // A refused or failed attempt is billed only when tokens came back. A whole answer is, even if it
  // has no text, as that of embeddings.
  const bool billed = came.whole && x.ask.facts.endpoint != Endpoint::moderations;
  const bool produced =
      outcome.usage.source != UsageSource::none || came.output_bytes > 0 || billed;
  if (!produced) return;
  if (outcome.usage.source == UsageSource::none) {
    outcome.usage.input =
        corrected_tokens(outcome.input_estimated, x.record.facts.of(outcome.deployment));
    outcome.usage.output = tokens_of_bytes(static_cast<std::size_t>(came.output_bytes));
    outcome.usage.source = UsageSource::estimated;
  } else if (x.ask.facts.stream && outcome.finish == FinishReason::none) {
    count_what_came(came.output_bytes, outcome.usage);
  }
  const NanoUsd cost = cost_of(outcome.usage, x.deployment(outcome.deployment).price);
  outcome.cost_known = cost >= 0;
  outcome.cost_nanousd = std::max<NanoUsd>(0, cost);
}

void settle(Exchange& x, MonoUs now) {
  Record& record = x.record;
  record.total_us = now - x.started_us;
  record.overhead_us = std::max<std::int64_t>(0, record.total_us - x.provider_us);
  add_costs(record);
  add_usage(record);
  add_baseline(x.rules(), record);
  if (record.status == 0) record.status = x.reply.status;
}

StoredRecord stored_row(const Record& record) {
  StoredRecord row;
  row.id = record.id;
  row.client_id = record.client_id;
  const Rules& rules = *record.rules;
  if (record.plan.task >= 0)
    row.task = rules.tasks[static_cast<std::size_t>(record.plan.task)].name;
  if (record.served_by >= 0) {
    row.deployment = rules.deployments[static_cast<std::size_t>(record.served_by)].name;
  }
  row.team = record.ask.team;
  row.status = record.status;
  row.attempts = static_cast<int>(record.outcomes.size());
  row.cost_nanousd = record.cost_nanousd;
  row.input_tokens = record.usage.input;
  row.output_tokens = record.usage.output;
  row.total_us = record.total_us;
  if (record.fault) row.fault = to_string(record.fault->kind);
  row.policy = rules.fingerprint;
  row.body.reserve(2048);
  write_record_json(record, row.body);
  return row;
}

}  // namespace wye
