// overload: whether a request is taken at all. It is asked three times, with more known of the
// request each time and the same dice: of its head, of its bytes, and of what the policy makes of
// it. Who can be turned away earlier costs less, and is what makes turning away worth while.
#include "base/hash.h"
#include "gateway/gateway.h"
#include "gateway/request_head.h"
#include "gateway/task_hint.h"

namespace wye {
namespace {

// The same for each look at one request, and different for the next.
std::uint64_t dice_of(MonoUs received_us) { return mix64(static_cast<std::uint64_t>(received_us)); }

// A task's name as the model goes before the header, but may stand in what has not come yet.
std::optional<Criticality> seen_in(const HttpArrival& arrival, const Rules& rules,
                                   std::string_view path) {
  if (const auto hinted = criticality_hinted(rules, arrival.body_begun, arrival.body_is_whole))
    return hinted;
  if (const auto named = criticality_of_path(rules, path)) return named;
  return criticality_of_task(rules, arrival.head.headers.get("x-wye-task"));
}

}  // namespace

std::int64_t Gateway::in_flight_max() const {
  return std::max<std::int64_t>(1, policy_->rules->server.requests_max / loops_);
}

bool Gateway::sheds(Criticality criticality, std::uint64_t dice) const {
  return load_.sheds(criticality, in_flight_max(), dice);
}

std::optional<HttpTurnedAway> Gateway::turn_away(const HttpArrival& arrival) {
  load_.note_arrival(arrival.received_us,
                     {world_.lateness_us(), world_.idle_us(), arrival.under_way});
  if (load_.takes_all(in_flight_max())) return std::nullopt;
  const std::optional<InboundRoute> inbound = inbound_route(arrival.head.target);
  if (!inbound || arrival.head.method != "POST" || dialect_of(inbound->dialect) == nullptr)
    return std::nullopt;
  std::optional<Page> page = page_if_shed(arrival, *inbound);
  if (!page) return std::nullopt;
  HttpTurnedAway told{
      page->status, {}, std::move(page->body), load_.rest_after_shed(arrival.received_us)};
  write_header(told.head_lines, "content-type", page->content_type);
  told.head_lines += page->head_lines;
  return told;
}

// Of whom nothing is known, only that is known which is true of all: what would happen to the most
// critical.
std::optional<Page> Gateway::page_if_shed(const HttpArrival& arrival, const InboundRoute& inbound) {
  if (load_.takes_all(in_flight_max())) return std::nullopt;
  if (arrival.head.headers.has("x-wye-dry-run")) return std::nullopt;
  std::optional<Criticality> seen = criticalities_.of_all();
  if (!seen) seen = seen_in(arrival, *policy_->rules, inbound.path);
  const Criticality criticality = seen.value_or(criticalities_.most);
  const std::uint64_t dice = dice_of(arrival.received_us);
  if (!sheds(criticality, dice)) return std::nullopt;
  if (seen) load_.note_request(criticality);
  metrics_.count_shed(criticality);
  return fault_page(turned_away(criticality, dice), ids_.next(world_.now_ms()),
                    client_request_id(arrival.head.headers), inbound.dialect);
}

// The last word, before anybody is asked. What is turned away only here leaves a record.
Result<void> Gateway::admit(Exchange& x) {
  const Criticality criticality = criticality_of(x.rules(), x.record.plan.task);
  load_.note_request(criticality);
  const std::uint64_t dice = dice_of(x.request.received_us);
  if (!sheds(criticality, dice)) return {};
  return fail(turned_away(criticality, dice));
}

}  // namespace wye
