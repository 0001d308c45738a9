// Exchange: everything that belongs to one request while it is served: what came, what was decided,
// what was tried, and the reply that waits for its record. Lives in the frame of Gateway::serve, on
// one loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/answer.h"
#include "core/ask.h"
#include "core/record.h"
#include "dialect/dialect.h"
#include "gateway/books.h"
#include "gateway/limits.h"
#include "gateway/live_drill.h"
#include "gateway/race.h"
#include "io/http_server.h"

namespace wye {

// What the client is to get. Nothing of it is sent (or, of a stream, its end is not sent) before
// the record of the request is in the kernel.
struct Reply {
  int status = 0;
  std::string head_lines;  // of the provider's answer, beside the gateway's own
  std::string body;        // of an answer that is not streamed
  bool streaming = false;  // begin() was called: the commit point is passed
  bool whole = false;      // streaming: the answer is complete
  std::string last;        // streaming: the frames still to be sent
};

// A whole answer that the task would rather have from somebody else, for when nobody else has one.
struct KeptAnswer {
  Reply reply;
  int served_by = -1;
  std::vector<std::string> dropped;
  Usage usage;
  std::string degraded;  // as Record::degraded
};

// An answer that a task's contract refused, and what is wrong with it.
struct InvalidAnswer {
  std::string text;
  std::string complaint;
};

struct Exchange {
  Exchange(HttpRequest& the_request, HttpResponder& the_responder, ActivePolicyPtr active,
           const Dialect& client_dialect)
      : request(the_request),
        responder(the_responder),
        policy(std::move(active)),
        dialect(&client_dialect),
        started_us(the_request.received_us) {}

  HttpRequest& request;
  HttpResponder& responder;
  ActivePolicyPtr policy;
  const Dialect* dialect;  // of the client
  Ask ask;
  std::vector<std::string> dropped;  // what the provider that serves has no place for
  Record record;
  Reply reply;
  std::optional<Answer> sent;    // what of a broken stream the client has, when that is known
  std::optional<Answer> answer;  // the last whole one in full, for a task that judges it
  std::optional<InvalidAnswer> invalid;
  std::optional<KeptAnswer> kept;
  std::shared_ptr<Race> race;           // of a hedged request; outlives its attempts
  std::optional<StruckRequest> struck;  // by a live drill, whose policy is `policy`
  std::string upstream_headers;         // lines that are passed on to providers
  MonoUs started_us = 0;
  Limit deadline;                     // of the whole request
  std::int64_t provider_us = 0;       // time spent in attempts and waits, not ours
  std::vector<Books::Learnt> learnt;  // outcomes that go to the books with the record

  const Task* task() const {
    return record.plan.task < 0 ? nullptr
                                : &rules().tasks[static_cast<std::size_t>(record.plan.task)];
  }

  // Whether a drill plays this fault in this attempt.
  bool is_drilled(const Outcome& attempt, DrillFault fault) const {
    return struck && struck->drill().fault == fault && !struck->drill().is_over() &&
           struck->drill().target.has(attempt.deployment);
  }

  // True unless the other attempt of a race had something for the client before this one.
  bool claims(const Outcome& attempt) {
    if (!race) return true;
    if (!race->claim(attempt)) return false;
    if (const auto* theirs = race->dropped_of(attempt)) dropped = *theirs;
    return true;
  }
  // The other attempt of a race had something for the client before this one.
  bool lost(const Outcome& attempt) const { return race && race->lost(attempt); }
  // What the provider of an attempt has no place for; told when the answer is its.
  std::vector<std::string>& dropped_by(const Outcome& attempt) {
    std::vector<std::string>* in_race = race ? race->dropped_of(attempt) : nullptr;
    return in_race != nullptr ? *in_race : dropped;
  }
  void set_dropped(const Outcome& attempt, std::vector<std::string> names) {
    dropped_by(attempt) = std::move(names);
  }

  // Nobody else will be asked: the request is not needed any more.
  void forget_request() {
    if (race) return;  // the one that lost may be sending it still
    std::string().swap(ask.body);
  }

  const Rules& rules() const { return *policy->rules; }
  const Deployment& deployment(int index) const {
    return rules().deployments[static_cast<std::size_t>(index)];
  }
  const Provider& provider_of(int deployment_index) const {
    return rules().providers[static_cast<std::size_t>(deployment(deployment_index).provider)];
  }
};

// A drill answered or spoiled this attempt of a struck request.
void note_injected(const Exchange& x, Outcome& outcome);

}  // namespace wye
