#include "app/ask_providers.h"

#include <utility>

#include "io/loop.h"
#include "lab/online_check.h"

namespace wye {
namespace {

Async<void> ask_and_stop(Loop& loop, HttpClient& client, const Rules& rules, DurationMs patience_ms,
                         std::vector<ProviderProbe>& probes) {
  probes = co_await probe_all(loop, client, rules, patience_ms);
  loop.stop();
}

}  // namespace

Result<std::vector<ProviderProbe>> ask_providers(const Rules& rules, DurationMs patience_ms) {
  // A loop's number has a meaning only for request ids, which nobody draws here.
  Result<std::unique_ptr<Loop>> loop = make_loop(0);
  if (!loop) return fail(std::move(loop.error()));
  const std::unique_ptr<HttpClient> client = make_http_client(**loop);
  std::vector<ProviderProbe> probes;
  start(ask_and_stop(**loop, *client, rules, patience_ms, probes));
  (*loop)->run();
  return probes;
}

}  // namespace wye
