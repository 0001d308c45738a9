#include "gateway/metrics_page.h"

#include "gateway/gateway.h"
#include "gateway/local_only.h"
#include "gateway/metrics_render.h"
#include "gateway/metrics_text.h"

namespace wye {

Async<Page> MetricsPage::read(Gateway& gateway, const HttpRequest& request,
                              std::string_view listen_host) {
  if (const Result<void> checked = refuse_strangers(request, listen_host, "the metrics");
      !checked) {
    co_return gateway.refusal_page(checked.error(), request.head);
  }
  const LoopReport report = co_await reports_.collect(gateway.world());
  // The policy as it is after the wait: it names all that was counted.
  const ActivePolicy& policy = gateway.policy();
  const Facts facts = gateway.facts_now(policy);
  const MetricsView view{report,
                         policy,
                         facts,
                         books_.waiting(),
                         books_.ready() && !gateway.draining(),
                         reload_worked_.load(std::memory_order_relaxed),
                         version_,
                         process_usage()};
  MetricsText text;
  render_counts(view, text);
  render_state(view, text);
  Page page;
  page.body = text.take();
  page.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return page;
}

}  // namespace wye
