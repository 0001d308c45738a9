// Translate: between the client's dialect and the provider's. Where the two are the same, bytes are
// spliced and nothing is understood that need not be; where they differ, everything goes through
// the hub (core/content.h, core/answer.h).
//
// Pure but for the JsonReader, whose buffers belong to the loop.
#pragma once

#include <string>

#include "base/result.h"
#include "dialect/dialect.h"
#include "gateway/exchange.h"
#include "wire/json.h"

namespace wye {

// The dialect that the provider is spoken to in.
const Dialect& dialect_for(const Provider& provider);
inline bool is_same_dialect(const Exchange& x, const Provider& provider) {
  return x.dialect->id == provider.dialect;
}

// The request as the deployment is to get it in this attempt: as the client sent it; with the
// beginning that the client has, to be continued (Outcome::resume); or with the model's own invalid
// answer, to be mended (Outcome::repair). Where it cannot be spliced, the client's request is read
// in full, anew for each attempt. Faults: bad_request; code unsupported_parameter when this
// deployment cannot do what another may.
Result<ProviderRequest> request_for(Exchange& x, JsonReader& json, const PlanStep& step,
                                    const Outcome& attempt);

// Whether this deployment's provider can be asked how many tokens the request has.
bool counts_tokens(Exchange& x, JsonReader& json, const PlanStep& step, const Outcome& attempt);
// Answers a request to count tokens without asking anybody.
Result<void> answer_count(Exchange& x, JsonReader& json, const Deployment& deployment);

// A whole answer in `body` becomes one in the client's dialect, in place. Gives what the record
// needs of it, and keeps the answer itself in `x` for a task that judges it. Faults:
// invalid_output, or what a provider said within its 200.
Result<AnswerFacts> take_answer(Exchange& x, JsonReader& json, const Provider& provider,
                                std::string& body);

}  // namespace wye
