#include "gateway/drill_pages.h"

#include <fmt/format.h>

#include <utility>

#include "gateway/keys.h"

namespace wye {
namespace {

// What follows the path of the list, "" for the list itself.
std::string_view id_in(std::string_view page) {
  page.remove_prefix(DrillPages::path.size());
  return page.empty() ? page : page.substr(1);
}

void write_drill(JsonWriter& json, const DrillEntry& entry) {
  const LiveDrill& drill = *entry.drill;
  const auto share = static_cast<double>(drill.share_ppm) / 1'000'000;
  json.begin_object().field("id", drill.id);
  json.field("state", entry.ended == 0 ? "running" : entry.result ? "over" : "ending");
  json.field("fault", to_string(drill.fault)).field("target", drill.target.name);
  json.key("tasks").begin_array();
  for (const std::string& task : drill.task_names) json.value(task);
  json.end_array();
  json.field("share", share).field("for_ms", drill.for_ms).field("by", drill.by);
  json.field("began", format_time_utc(drill.began)).field("ends", format_time_utc(drill.ends));
  if (entry.ended != 0) {
    json.field("ended", format_time_utc(entry.ended)).field("ended_because", entry.ended_because);
  }
  json.field("struck_requests", drill.pulse->struck.load());
  json.field("injected_attempts", drill.pulse->injected.load());
  if (entry.result) {
    json.field("met", entry.result->met).field("number", entry.result->number);
  }
}

// With the verdict, when there is one.
std::string whole_drill(const DrillEntry& entry) {
  std::string body;
  JsonWriter json(body);
  write_drill(json, entry);
  if (entry.result) {
    json.field("page", entry.result->page);
    json.key("verdict").raw(entry.result->json.empty() ? "null" : entry.result->json);
  }
  json.end_object();
  return body;
}

Fault no_role(const Rules& rules, int key) {
  constexpr std::string_view advice =
      "; give the key of whoever may disturb live traffic `roles: [drill]` under `keys:`, and send "
      "it as `Authorization: Bearer KEY`";
  const std::string whose =
      key < 0 ? std::string(
                    "no virtual key is configured, and a drill on live traffic needs one "
                    "with the role drill")
              : fmt::format("the key \"{}\" has not the role drill",
                            rules.keys[static_cast<std::size_t>(key)].name);
  return fault(FaultKind::forbidden, whose + std::string(advice));
}

}  // namespace

bool DrillPages::has(std::string_view page) {
  return page.starts_with(path) && (page.size() == path.size() || page[path.size()] == '/');
}

std::string_view DrillPages::methods(std::string_view page) {
  return id_in(page).empty() ? "GET, HEAD, POST" : "GET, HEAD, DELETE";
}

Result<Page> DrillPages::answer(const HttpRequest& request) {
  const std::string_view id = id_in(request.head.path());
  const std::string_view method = request.head.method;
  if (id.empty() && method == "POST") return start(request);
  if (!id.empty() && method == "DELETE") return stop(request, id);
  return id.empty() ? Result<Page>(list()) : one(id);
}

// The name of the key, which has the role.
Result<std::string> DrillPages::find_driller(const HttpRequest& request) const {
  const Rules& rules = *gateway_.policy().rules;
  KeyMemo memo;  // this is asked too rarely for one that lasts
  const Result<int> key = find_key(rules, memo, request, gateway_.world().now_ms());
  if (!key) return fail(key.error());
  if (*key < 0 || !rules.keys[static_cast<std::size_t>(*key)].may_drill) {
    return fail(no_role(rules, *key));
  }
  return rules.keys[static_cast<std::size_t>(*key)].name;
}

Result<Page> DrillPages::start(const HttpRequest& request) {
  Result<std::string> by = find_driller(request);
  if (!by) return fail(std::move(by.error()));
  Result<DrillOrder> order = read_drill_order(request.body);
  if (!order) return fail(std::move(order.error()));
  order->by = std::move(*by);
  const Result<LiveDrillPtr> drill = desk_.start(*order);
  if (!drill) return fail(drill.error());
  Page page;
  page.status = 201;
  page.body = whole_drill(*desk_.find((*drill)->id));
  write_header(page.head_lines, "location", fmt::format("{}/{}", path, (*drill)->id));
  return page;
}

Result<Page> DrillPages::stop(const HttpRequest& request, std::string_view id) {
  const Result<std::string> by = find_driller(request);
  if (!by) return fail(by.error());
  if (auto stopped = desk_.stop(id, "stopped by key " + *by); !stopped) {
    return fail(std::move(stopped.error()));
  }
  return one(id);
}

Result<Page> DrillPages::one(std::string_view id) const {
  const DrillEntry* entry = desk_.find(id);
  if (entry == nullptr) {
    return fail(FaultKind::not_found,
                fmt::format("no drill of this process is called \"{}\"; `wye drill list` knows "
                            "earlier ones",
                            id));
  }
  Page page;
  page.body = whole_drill(*entry);
  return page;
}

Page DrillPages::list() const {
  Page page;
  JsonWriter json(page.body);
  json.begin_object();
  write_running(json);
  json.key("drills").begin_array();
  for (const DrillEntry& entry : desk_.entries()) {
    write_drill(json, entry);
    json.end_object();
  }
  json.end_array().end_object();
  return page;
}

void DrillPages::write_running(JsonWriter& json) const {
  json.key("drill");
  if (const DrillEntry* entry = desk_.running()) {
    write_drill(json, *entry);
    json.end_object();
  } else {
    json.null();
  }
}

}  // namespace wye
