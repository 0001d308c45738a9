// Record: the whole story of one request. Opened by gateway/serve, settled and appended whatever
// happens. Metrics, explanations and reports are derived from it and from nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"
#include "base/id.h"
#include "base/result.h"
#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/outcome.h"
#include "core/plan.h"

namespace wye {

struct Record {
  RequestId id = 0;
  std::string client_id;  // the client's x-request-id, "" when it sent none
  TimeMs started = 0;
  RulesPtr rules;  // the policy that decided
  std::string method_and_path;
  bool decided = false;  // a plan exists
  AskFacts ask;
  Facts facts;  // as decide saw them; recorded for the deployments it looked at
  Plan plan;
  std::vector<Outcome> outcomes;
  int status = 0;              // as answered to the client
  std::optional<Fault> fault;  // as answered to the client
  int served_by = -1;          // deployment, -1: none
  std::string degraded;        // what x-wye-degraded said, "" when not degraded
  std::string drill;           // the live drill that struck this request, "" for none
  Usage usage;                 // of the answer that was served
  NanoUsd cost_nanousd = 0;    // of all attempts
  bool cost_known = true;
  NanoUsd baseline_cost_nanousd = -1;  // the same tokens on the baseline, -1: none configured
  std::int64_t ttft_us = -1;           // request received to first content byte sent
  std::int64_t total_us = 0;           // request received to last byte ready
  std::int64_t overhead_us = 0;        // total without waiting for providers
};

// The part of a record that the store keeps as JSON, names instead of indices. Deterministic:
// the same record gives the same bytes.
void write_record_json(const Record& record, std::string& out);
// The plan alone, in the form in which replay compares it byte for byte.
void write_plan_json(const Plan& plan, const Rules& rules, std::string& out);
void write_ask_json(const AskFacts& ask, std::string& out);
// Holds the deployments that the plan permits or refuses, less those that nobody had seen.
void write_facts_json(const Facts& facts, const Plan& plan, const Rules& rules, std::string& out);

}  // namespace wye
