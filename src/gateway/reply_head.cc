#include "gateway/reply_head.h"

#include <string_view>

#include "gateway/page.h"

namespace wye {
namespace {

void write_decision(const Exchange& x, std::string& out) {
  const Record& record = x.record;
  const Rules& rules = x.rules();
  if (record.plan.task >= 0) {
    write_header(out, "x-wye-task", rules.tasks[static_cast<std::size_t>(record.plan.task)].name);
  }
  if (record.plan.route >= 0) {
    write_header(out, "x-wye-route",
                 rules.routes[static_cast<std::size_t>(record.plan.route)].name);
  }
  if (record.served_by >= 0) {
    const Deployment& deployment = x.deployment(record.served_by);
    write_header(out, "x-wye-deployment", deployment.name);
    write_header(out, "x-wye-model", deployment.model);
  }
  write_header(out, "x-wye-attempts", static_cast<std::uint64_t>(record.outcomes.size()));
  if (!record.drill.empty()) write_header(out, "x-wye-drill", record.drill);
  write_header(out, "x-wye-policy", std::string_view(rules.fingerprint).substr(0, 12));
}

// Why the answer is not from the first choice: the last fault that moved it on.
void write_fallback_reason(const Exchange& x, std::string& out) {
  const Record& record = x.record;
  if (record.served_by < 0 || record.outcomes.size() < 2) return;
  const Outcome& before = record.outcomes[record.outcomes.size() - 2];
  if (before.fault) write_header(out, "x-wye-fallback-reason", to_string(before.fault->kind));
}

// What the client asked for and the provider has no place for.
void write_dropped(const Exchange& x, std::string& out) {
  if (x.dropped.empty() || x.record.fault) return;
  std::string names;
  // The names are the client's own, and it may have sent any number of them.
  constexpr std::size_t bytes_max = 2048;
  for (const std::string& name : x.dropped) {
    if (!names.empty()) names += ", ";
    if (names.size() + name.size() > bytes_max) {
      names += "...";
      break;
    }
    names += name;
  }
  write_header(out, "x-wye-dropped", names);
}

void write_money(const Exchange& x, std::string& out) {
  const Record& record = x.record;
  if (x.reply.streaming || record.served_by < 0) return;
  if (record.cost_known) write_header(out, "x-wye-cost-usd", format_usd(record.cost_nanousd, 6));
  if (record.baseline_cost_nanousd >= 0) {
    write_header(out, "x-wye-baseline-cost-usd", format_usd(record.baseline_cost_nanousd, 6));
  }
}

}  // namespace

std::string reply_head(const Exchange& x) {
  std::string out;
  out.reserve(768);
  write_header(out, "content-type",
               x.ask.facts.stream && !x.record.fault ? x.dialect->stream_content_type(x.ask)
                                                     : "application/json");
  if (x.ask.facts.stream && !x.record.fault) write_header(out, "cache-control", "no-cache");
  write_id_lines(format_request_id(x.record.id), x.record.client_id, out);
  if (x.record.decided) write_decision(x, out);
  write_fallback_reason(x, out);
  if (!x.record.degraded.empty()) write_header(out, "x-wye-degraded", x.record.degraded);
  write_dropped(x, out);
  write_money(x, out);
  if (x.record.fault) write_fault_lines(*x.record.fault, out);
  if (!x.reply.streaming) {
    write_header(out, "x-wye-overhead-us", static_cast<std::uint64_t>(x.record.overhead_us));
  }
  out.append(x.reply.head_lines);
  return out;
}

void set_fault_reply(Exchange& x, Fault fault) {
  const std::string id = format_request_id(x.record.id);
  if (x.reply.streaming) {
    x.reply.whole = false;
    x.reply.last = x.dialect->write_fault_event(fault, id, x.ask);
  } else {
    x.reply.status = client_status(fault);
    x.reply.body = x.dialect->write_fault(fault, id, x.ask);
    x.reply.head_lines.clear();
    x.record.served_by = -1;
    x.record.degraded.clear();
    x.record.status = x.reply.status;
  }
  x.record.fault = std::move(fault);
}

}  // namespace wye
