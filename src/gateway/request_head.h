// Request head: what the gateway reads from a client's header lines, all of it bounded by policy:
// the task, tags, limits, and the few lines that are passed on to providers.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/ask.h"
#include "wire/http1.h"

namespace wye {

// The client's own x-request-id when it is 1 to 128 characters of [A-Za-z0-9._:-], else "".
std::string client_request_id(const Headers& headers);

// A bad_request when a header that steers the request, or says who asks, is given twice.
Result<void> check_single(const Headers& headers);

// A bad_request (415) when the body is packed, as by gzip: what cannot be read cannot be ruled on.
Result<void> check_encoding(const Headers& headers);

// Fills the parts of the facts that come from x-wye-* headers. Faults: bad_request, naming the
// header.
Result<void> read_wye_headers(const Headers& headers, AskFacts& facts);

// What Anthropic's clients say beside the body: the version that they speak and the betas that they
// want.
void read_dialect_headers(const Headers& headers, Ask& ask);

// x-wye-dry-run. Faults: bad_request for anything but 1, 0, true and false.
Result<bool> read_dry_run(const Headers& headers);

// Names and metadata are recorded, so their size is bounded: model and task 256 bytes, metadata 16
// pairs of 64 and 512 bytes. Faults: bad_request, naming the field.
Result<void> check_names(const AskFacts& facts);

// The lines that may travel on: tracing, OpenAI beta features, OpenRouter's app name. Nothing that
// names a destination or a credential is among them.
std::string upstream_headers(const Headers& headers);

}  // namespace wye
