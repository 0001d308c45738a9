#include "app/live_drill.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "app/http_talk.h"
#include "base/text.h"
#include "gateway/drill_pages.h"
#include "io/loop.h"
#include "wire/json.h"

namespace wye {
namespace {

constexpr MonoUs patience_us = 5'000'000;
constexpr MonoUs look_us = 250'000;
constexpr int silences_max = 8;  // of a gateway that is asked how its drill goes
constexpr std::int64_t bar_columns = 30;

// What the gateway says of a drill, or of what is wrong.
struct Told {
  std::string id, state, ends, page, error;
  std::string verdict;  // JSON
  std::int64_t for_ms = 0, struck = 0, injected = 0, number = 0;
  bool met = false;
};

template <class Value, class Into>
Result<void> keep(Result<Value> value, Into& into) {
  if (!value) return fail(std::move(value.error()));
  into = *value;
  return {};
}

Result<void> read_error(JsonValue& value, Told& told) {
  JsonObject error;
  if (value.get_object().get(error) != simdjson::SUCCESS) return {};
  return for_each_field(error, "error", {}, [&](std::string_view key, JsonValue& one) {
    return key == "message" ? keep(read_string(one, key), told.error) : Result<void>();
  });
}

// Of the list only the drill that runs is looked at.
Result<void> read_told(JsonObject& object, Told& told) {
  return for_each_field(
      object, "", {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
        if (key == "id") return keep(read_string(value, key), told.id);
        if (key == "state") return keep(read_string(value, key), told.state);
        if (key == "ends") return keep(read_string(value, key), told.ends);
        if (key == "page") return keep(read_string(value, key), told.page);
        if (key == "for_ms") return keep(read_int(value, key), told.for_ms);
        if (key == "struck_requests") return keep(read_int(value, key), told.struck);
        if (key == "injected_attempts") return keep(read_int(value, key), told.injected);
        if (key == "number") return keep(read_int(value, key), told.number);
        if (key == "met") return keep(read_bool(value, key), told.met);
        if (key == "error") return read_error(value, told);
        if (key == "verdict") {
          JsonObject verdict;
          std::string_view json;
          if (value.get_object().get(verdict) == simdjson::SUCCESS &&
              verdict.raw_json().get(json) == simdjson::SUCCESS) {
            told.verdict = json;
          }
          return {};
        }
        JsonObject running;
        if (key != "drill" || value.get_object().get(running) != simdjson::SUCCESS) return {};
        return for_each_field(running, key, {}, [&](std::string_view inner, JsonValue& one) {
          return inner == "id" ? keep(read_string(one, inner), told.id) : Result<void>();
        });
      });
}

Told read_page(const HttpPage& page) {
  Told told;
  std::string text = page.body;
  pad(text);
  JsonReader reader;
  const Result<void> read =
      reader.read_object(text, [&](JsonObject& object) { return read_told(object, told); });
  if (!read) told.error = "the gateway's answer is not understood: " + read.error().message;
  return told;
}

std::string order_json(const LiveDrillWish& wish) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("fault", wish.fault).field("target", wish.target);
  json.key("tasks").begin_array();
  for (const std::string_view task : split(wish.tasks, ',')) {
    if (!trim(task).empty()) json.value(trim(task));
  }
  json.end_array().field("for", wish.duration).field("share", wish.share);
  json.field("expect", wish.expect).end_object();
  return body;
}

class LiveRun {
 public:
  LiveRun(Loop& loop, const LiveDrillWish& wish)
      : loop_(loop), wish_(wish), client_(make_http_client(loop)) {
    peer_.host = wish.admin.host;
    peer_.port = wish.admin.port;
    loop_.on_signal(SIGINT, [this] { interrupted_ = true; });
  }

  Async<void> run() {
    code_ = co_await play();
    loop_.stop();
  }
  ExitCode code() const { return code_; }

 private:
  Async<Result<HttpPage>> ask(std::string_view method, std::string path, std::string body = {}) {
    HttpWords words;
    words.method = method;
    words.path = std::move(path);
    words.body = std::move(body);
    if (!wish_.key.empty()) {
      write_header(words.head_lines, "authorization", "Bearer " + wish_.key);
    }
    Result<HttpPage> page =
        co_await http_talk(loop_, *client_, peer_, std::move(words), loop_.mono_us() + patience_us);
    co_return page;
  }
  static std::string path_of(std::string_view id) {
    return fmt::format("{}/{}", DrillPages::path, id);
  }

  ExitCode unreachable(const Fault& fault) const {
    fmt::print(stderr, "no wye answers at {}:{}: {}\n", peer_.host, peer_.port, fault.message);
    return ExitCode::unreachable;
  }
  static ExitCode refused(const HttpPage& page) {
    const Told told = read_page(page);
    fmt::print(stderr, "{}\n", told.error.empty() ? page.body : told.error);
    if (page.status == 401 || page.status == 403) return ExitCode::refused;
    return page.status == 400 ? ExitCode::usage : ExitCode::failed;
  }

  Async<ExitCode> play() {
    if (wish_.fault.empty()) {
      const ExitCode stopped = co_await stop_running();
      co_return stopped;
    }
    const Result<HttpPage> page =
        co_await ask("POST", std::string(DrillPages::path), order_json(wish_));
    if (!page) co_return unreachable(page.error());
    if (page->status != 201) co_return refused(*page);
    drill_ = read_page(*page);
    fmt::print(stderr, "{} runs until {} at the latest; Ctrl-C stops it\n", drill_.id, drill_.ends);
    const ExitCode followed = co_await follow();
    co_return followed;
  }

  Async<ExitCode> stop_running() {
    const Result<HttpPage> list = co_await ask("GET", std::string(DrillPages::path));
    if (!list) co_return unreachable(list.error());
    if (list->status != 200) co_return refused(*list);
    drill_ = read_page(*list);
    if (drill_.id.empty()) {
      fmt::print(stderr, "no drill runs\n");
      co_return ExitCode::failed;
    }
    const Result<HttpPage> page = co_await ask("DELETE", path_of(drill_.id));
    if (!page) co_return unreachable(page.error());
    if (page->status != 200) co_return refused(*page);
    const ExitCode followed = co_await follow();
    co_return followed;
  }

  Async<ExitCode> follow() {
    begun_ = loop_.mono_us();
    bool told_to_stop = false;
    int silences = 0;
    while (true) {
      if (interrupted_ && !told_to_stop) {
        told_to_stop = true;
        const Result<HttpPage> stopped = co_await ask("DELETE", path_of(drill_.id));
        if (!stopped) co_return lost(stopped.error());
      }
      const Result<HttpPage> page = co_await ask("GET", path_of(drill_.id));
      silences = page ? 0 : silences + 1;
      if (silences == silences_max) co_return lost(page.error());
      if (page && page->status != 200) co_return refused(*page);
      if (page) drill_ = read_page(*page);
      if (drill_.state == "over") co_return verdict();
      show_progress();
      co_await loop_.sleep_until(loop_.mono_us() + look_us);
    }
  }

  ExitCode lost(const Fault& fault) const {
    clear_line();
    fmt::print(stderr, "the gateway answers no more ({}); {} ends by itself, at {} at the latest\n",
               fault.message, drill_.id, drill_.ends);
    return ExitCode::unreachable;
  }

  ExitCode verdict() const {
    clear_line();
    if (wish_.json) {
      fmt::print("{}\n", drill_.verdict.empty() ? "null" : drill_.verdict);
    } else {
      fmt::print("{}", drill_.page);
    }
    std::fflush(stdout);
    if (drill_.number > 0) {
      fmt::print(stderr, "kept as drill {}: wye drill show {}\n", drill_.number, drill_.number);
    }
    if (interrupted_) return ExitCode::interrupted;
    return drill_.met ? ExitCode::ok : ExitCode::threshold;
  }

  static void clear_line() {
    if (isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r\033[K");
  }
  void show_progress() const {
    if (isatty(STDERR_FILENO) != 1) return;
    const std::int64_t over_ms = std::min((loop_.mono_us() - begun_) / 1'000, drill_.for_ms);
    const std::int64_t columns = bar_columns * over_ms / std::max<std::int64_t>(drill_.for_ms, 1);
    std::string bar;
    for (std::int64_t i = 0; i < bar_columns; ++i) bar += i < columns ? "█" : " ";
    fmt::print(stderr, "\r\033[K▕{}▏ {}/{} s  {} requests struck, {} attempts played{}", bar,
               over_ms / 1'000, drill_.for_ms / 1'000, drill_.struck, drill_.injected,
               drill_.state == "ending" ? ", counting" : "");
  }

  Loop& loop_;
  const LiveDrillWish& wish_;
  std::unique_ptr<HttpClient> client_;
  Peer peer_;
  Told drill_;
  MonoUs begun_ = 0;
  bool interrupted_ = false;
  ExitCode code_ = ExitCode::failed;
};

}  // namespace

ExitCode run_live_drill(const LiveDrillWish& wish) {
  Result<std::unique_ptr<Loop>> loop = make_loop();
  if (!loop) return report(loop.error());
  LiveRun run(**loop, wish);
  start(run.run());
  (*loop)->run();
  return run.code();
}

}  // namespace wye
