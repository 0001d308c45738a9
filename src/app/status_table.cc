#include "app/status_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include "wire/json.h"

namespace wye {
namespace {

struct Row {
  std::string name, provider, model, state, why, last_fault;
  std::int64_t in_flight = 0;
  std::int64_t minute_requests = 0;
  std::int64_t opened_total = 0;
  double ttft_ms = -1;
  double headroom = -1;  // the smaller of what is left of the provider's limits
};

// A live drill, when one runs.
struct Drill {
  std::string id, fault, target, ends;
  double share = 0;
};

struct Status {
  std::string status, reason, version, policy, config, rejected_since;
  Drill drill;
  std::int64_t requests_in_flight = 0;
  std::int64_t retries_left = 0;
  std::int64_t hedges_left = 0;
  std::int64_t late_rows = 0;
  std::vector<Row> deployments;
};

Result<void> keep(Result<std::string_view> text, std::string& into) {
  if (!text) return fail(std::move(text.error()));
  into = *text;
  return {};
}

template <class Number>
Result<void> keep(Result<Number> number, Number& into) {
  if (!number) return fail(std::move(number.error()));
  into = *number;
  return {};
}

Result<void> keep_smaller(Result<double> number, double& into) {
  if (!number) return fail(std::move(number.error()));
  into = into < 0 ? *number : std::min(into, *number);
  return {};
}

Result<void> read_row_field(std::string_view key, JsonValue& value, Row& row) {
  if (key == "name") return keep(read_string(value, key), row.name);
  if (key == "provider") return keep(read_string(value, key), row.provider);
  if (key == "model") return keep(read_string(value, key), row.model);
  if (key == "state") return keep(read_string(value, key), row.state);
  if (key == "why") return keep(read_string(value, key), row.why);
  if (key == "last_fault") return keep(read_string(value, key), row.last_fault);
  if (key == "in_flight") return keep(read_int(value, key), row.in_flight);
  if (key == "minute_requests") return keep(read_int(value, key), row.minute_requests);
  if (key == "opened_total") return keep(read_int(value, key), row.opened_total);
  if (key == "ttft_ms") return keep(read_double(value, key), row.ttft_ms);
  if (key == "requests_left_ratio" || key == "tokens_left_ratio") {
    return keep_smaller(read_double(value, key), row.headroom);
  }
  return {};
}

Result<void> read_rows(JsonValue& value, std::vector<Row>& rows) {
  JsonArray array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return fail(wrong_type("deployments", "a list"));
  }
  for (auto element : array) {
    JsonObject object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      return fail(wrong_type("deployments[]", "an object"));
    }
    Row& row = rows.emplace_back();
    Result<void> read = for_each_field(
        object, "deployments[]", {},
        [&](std::string_view key, JsonValue& member) { return read_row_field(key, member, row); });
    if (!read) return read;
  }
  return {};
}

Result<void> read_store(JsonValue& value, Status& status) {
  JsonObject object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return fail(wrong_type("store", "an object"));
  }
  return for_each_field(object, "store", {},
                        [&](std::string_view key, JsonValue& member) -> Result<void> {
                          if (key != "late_rows") return {};
                          return keep(read_int(member, key), status.late_rows);
                        });
}

// null when none runs.
Result<void> read_drill(JsonValue& value, Drill& drill) {
  JsonObject object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return {};
  return for_each_field(object, "drill", {},
                        [&](std::string_view key, JsonValue& member) -> Result<void> {
                          if (key == "id") return keep(read_string(member, key), drill.id);
                          if (key == "fault") return keep(read_string(member, key), drill.fault);
                          if (key == "target") return keep(read_string(member, key), drill.target);
                          if (key == "ends") return keep(read_string(member, key), drill.ends);
                          if (key == "share") return keep(read_double(member, key), drill.share);
                          return {};
                        });
}

Result<void> read_field(std::string_view key, JsonValue& value, Status& status) {
  if (key == "status") return keep(read_string(value, key), status.status);
  if (key == "reason") return keep(read_string(value, key), status.reason);
  if (key == "version") return keep(read_string(value, key), status.version);
  if (key == "policy") return keep(read_string(value, key), status.policy);
  if (key == "config") return keep(read_string(value, key), status.config);
  if (key == "config_rejected_since") return keep(read_string(value, key), status.rejected_since);
  if (key == "requests_in_flight") return keep(read_int(value, key), status.requests_in_flight);
  if (key == "retries_left") return keep(read_int(value, key), status.retries_left);
  if (key == "hedges_left") return keep(read_int(value, key), status.hedges_left);
  if (key == "store") return read_store(value, status);
  if (key == "drill") return read_drill(value, status.drill);
  if (key == "deployments") return read_rows(value, status.deployments);
  return {};
}

Result<Status> read_status(std::string_view json) {
  std::string text(json);
  pad(text);
  JsonReader reader;
  Status status;
  const Result<void> read = reader.read_object(text, [&](JsonObject& root) {
    return for_each_field(root, "", {}, [&](std::string_view key, JsonValue& value) {
      return read_field(key, value, status);
    });
  });
  if (!read) return fail(read.error());
  if (status.status.empty()) {
    return fail(FaultKind::bad_request, "the answer is no status of a wye server");
  }
  return status;
}

using Cells = std::array<std::string, 8>;

// Words for people; the JSON has the short ones.
std::string state_words(const Row& row) {
  if (row.state == "open") return "circuit open";
  if (row.state == "probing") return "half-open";
  if (row.state == "limited") return "rate limited";
  return row.state;
}

std::string_view color_of(const std::string& state) {
  if (state == "ok") return "32";
  return state == "open" || state == "out" ? "31" : "33";
}

Cells cells_of(const Row& row) {
  return {row.name,
          row.provider,
          row.model,
          state_words(row),
          fmt::format("{}", row.in_flight),
          fmt::format("{}", row.minute_requests),
          row.ttft_ms < 0 ? "-" : fmt::format("{:.0f} ms", row.ttft_ms),
          row.headroom < 0 ? "-" : fmt::format("{:.0f} %", row.headroom * 100)};
}

class Table {
 public:
  explicit Table(bool color) : color_(color) {}

  void widen(const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths_[i] = std::max(widths_[i], cells[i].size());
    }
  }
  // The state's column is painted; `paint` is "" for none.
  void line(const Cells& cells, std::string_view paint, std::string_view more) {
    constexpr std::size_t state_column = 3;
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padded = fmt::format("{:<{}}", cells[i], widths_[i]);
      const bool painted = color_ && i == state_column && !paint.empty();
      text += painted ? fmt::format("\033[{}m{}\033[0m", paint, padded) : padded;
      text += "  ";
    }
    text += more;
    text.erase(text.find_last_not_of(' ') + 1);
    out_ += text + "\n";
  }
  std::string take() { return std::move(out_); }

 private:
  bool color_;
  std::array<std::size_t, 8> widths_{};
  std::string out_;
};

std::string heading(const Status& status) {
  std::string text = fmt::format("wye {}: {}", status.version, status.status);
  if (!status.reason.empty()) text += ": " + status.reason;
  text += fmt::format("\npolicy {}, {} requests under way, {} retries and {} hedges left\n",
                      status.policy.substr(0, 12), status.requests_in_flight, status.retries_left,
                      status.hedges_left);
  if (!status.rejected_since.empty()) {
    text += fmt::format(
        "{}: the file on disk has errors, or is gone, since {}; policy {} stays in force\n",
        status.config, status.rejected_since, status.policy.substr(0, 12));
  }
  if (status.late_rows > 0) {
    text += fmt::format("{} records of refused requests wait for the store\n", status.late_rows);
  }
  if (!status.drill.id.empty()) {
    text += fmt::format("{}: {} of {} is played on {:.3g} % of its tasks' requests until {}\n",
                        status.drill.id, status.drill.fault, status.drill.target,
                        status.drill.share * 100, status.drill.ends);
  }
  return text + "\n";
}

}  // namespace

Result<std::string> status_table(std::string_view status_json, bool color) {
  const Result<Status> status = read_status(status_json);
  if (!status) return fail(status.error());
  const Cells titles{"DEPLOYMENT", "PROVIDER",    "MODEL",       "STATE",
                     "IN FLIGHT",  "LAST MINUTE", "FIRST TOKEN", "LIMIT LEFT"};
  Table table(color);
  table.widen(titles);
  for (const Row& row : status->deployments) table.widen(cells_of(row));
  table.line(titles, {}, {});
  for (const Row& row : status->deployments) {
    table.line(cells_of(row), color_of(row.state), row.why);
  }
  return heading(*status) + table.take();
}

}  // namespace wye
