// Drill order: the body of POST /admin/v1/drills. See drill_pages.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/drill_pages.h"

namespace wye {
namespace {

constexpr std::array<std::string_view, 6> members = {"fault", "target", "tasks",
                                                     "for",   "share",  "expect"};
constexpr std::size_t body_bytes_max = 64 << 10;
constexpr std::size_t tasks_max = 100;

Fault wrong(std::string message) { return fault(FaultKind::bad_request, std::move(message)); }

Result<void> read_fault(JsonValue& value, DrillOrder& order) {
  const auto text = read_string(value, "fault");
  if (!text) return fail(text.error());
  const auto found = drill_fault_from(*text);
  if (!found) {
    return fail(wrong(fmt::format("there is no fault \"{}\": there are {}", *text,
                                  fmt::join(drill_fault_names(), ", "))));
  }
  order.fault = *found;
  return {};
}

Result<void> read_tasks(JsonValue& value, DrillOrder& order) {
  JsonArray array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return fail(wrong_type("tasks", "a list of names"));
  }
  for (auto element : array) {
    JsonValue one;
    if (element.get(one) != simdjson::SUCCESS) return fail(wrong_type("tasks", "a list of names"));
    const auto name = read_string(one, "tasks[]");
    if (!name) return fail(name.error());
    if (std::find(order.tasks.begin(), order.tasks.end(), *name) != order.tasks.end()) continue;
    if (order.tasks.size() == tasks_max) return fail(wrong("\"tasks\" are too many"));
    order.tasks.emplace_back(*name);
  }
  return {};
}

// A share in parts per million.
Result<void> read_share(JsonValue& value, std::string_view name, std::int64_t& ppm) {
  const auto text = read_string(value, name);
  if (!text) return fail(text.error());
  const auto share = parse_percent_ppm(*text);
  if (!share) {
    return fail(wrong(fmt::format("\"{}\": \"{}\" is no share; write \"5%\"", name, *text)));
  }
  ppm = *share;
  return {};
}

Result<void> read_for(JsonValue& value, DrillOrder& order) {
  const auto text = read_string(value, "for");
  if (!text) return fail(text.error());
  const auto duration = parse_duration_ms(*text);
  if (!duration) {
    return fail(wrong(fmt::format("\"for\": \"{}\" is no duration; write \"60s\"", *text)));
  }
  order.for_ms = *duration;
  return {};
}

Result<void> read_member(std::string_view key, JsonValue& value, DrillOrder& order) {
  if (key == "fault") return read_fault(value, order);
  if (key == "tasks") return read_tasks(value, order);
  if (key == "for") return read_for(value, order);
  if (key == "share") return read_share(value, key, order.share_ppm);
  if (key == "expect") return read_share(value, key, order.expected_ppm);
  const auto target = read_string(value, "target");
  if (!target) return fail(target.error());
  order.target = *target;
  return {};
}

}  // namespace

Result<DrillOrder> read_drill_order(std::string_view body) {
  if (body.size() > body_bytes_max) return fail(wrong("the body is too long for a drill"));
  DrillOrder order;
  std::vector<std::string_view> missing(members.begin(), members.end() - 1);
  std::string text(body);
  pad(text);
  JsonReader reader;
  const Result<void> read = reader.read_object(text, [&](JsonObject& object) {
    return for_each_field(
        object, "", members, [&](std::string_view key, JsonValue& value) -> Result<void> {
          if (std::find(members.begin(), members.end(), key) == members.end()) {
            return fail(wrong(
                fmt::format("unknown member \"{}\": there are {}", key, fmt::join(members, ", "))));
          }
          std::erase(missing, key);
          return read_member(key, value, order);
        });
  });
  if (!read) return fail(read.error());
  if (!missing.empty()) {
    return fail(wrong(fmt::format("\"{}\" must be said", fmt::join(missing, "\", \""))));
  }
  return order;
}

}  // namespace wye
