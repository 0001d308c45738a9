#include "app/server.h"
#include "app/open_files.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include "app/banner.h"
#include "app/drain.h"
#include "app/drill_clerk.h"
#include "app/embedded_sim.h"
#include "app/log.h"
#include "app/log_diagnostics.h"
#include "app/restart_keys.h"
#include "app/worker.h"
#include "base/decision_clock.h"
#include "gateway/admin.h"
#include "gateway/books.h"
#include "gateway/drill_desk.h"
#include "gateway/drill_pages.h"
#include "gateway/gateway.h"
#include "gateway/loop_reports.h"
#include "gateway/metrics_page.h"
#include "io/clocks.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "io/store.h"
#include "io/thread_name.h"

namespace wye {
namespace {

constexpr std::string_view signal_cause = "SIGHUP";
// Request ids hold the loop in six bits, and the last is the embedded simulator's.
constexpr unsigned loops_max = 62;

constexpr MonoUs clock_interval_us = 1'000'000;

// A second apart, until a file that is not there is told to be gone.
constexpr int looks_until_gone = 2;

class RunningServer final : public Server {
 public:
  explicit RunningServer(ServerOptions options) : options_(std::move(options)) {}
  Result<void> run() override;

 private:
  Result<void> start();
  Result<void> read_newest_id(const std::string& path);
  Result<void> make_workers();
  void make_drills();
  Result<void> listen();
  void watch();
  void serve();
  Async<void> follow_wall_clock();
  void reload(std::string_view cause);
  void reject_file(std::string_view why);
  void note_rejected_since(TimeMs since);
  bool is_file_there() const;
  void look_for_file();
  std::string fingerprint_in_force() const { return policy_->rules->fingerprint.substr(0, 12); }
  void take_over(const RulesPtr& rules);
  void stop();

  ServerOptions options_;
  DecisionClock clock_{wall_clock_ms(), boot_clock_us()};
  ActivePolicyPtr policy_;
  std::unique_ptr<EmbeddedSim> sim_;
  std::unique_ptr<StoreWriter> store_;
  std::unique_ptr<Books> books_;
  std::vector<Worker> workers_;
  LoopReports reports_;
  std::unique_ptr<MetricsPage> metrics_;
  std::unique_ptr<DrillClerk> clerk_;
  std::unique_ptr<DrillDesk> desk_;
  std::unique_ptr<DrillPages> drill_pages_;
  std::unique_ptr<Admin> admin_;
  ServerConnections admin_connections_;
  Drain drain_{workers_, admin_connections_};
  RulesPtr started_with_;
  TimeMs rejected_since_ = 0;  // the file on disk; 0: it is what is in force
  int looks_in_vain_ = 0;      // for the file, one after another
  RequestId newest_ = 0;       // in the store when we started
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

Result<void> RunningServer::run() {
  if (Result<void> started = start(); !started) return started;
  serve();
  return {};
}

Result<void> RunningServer::start() {
  Result<LoadedFile> loaded = options_.load();
  if (!loaded) return fail(std::move(loaded.error()));
  const RulesPtr rules = loaded->result.rules;
  if (!rules) return fail(FaultKind::config, std::move(loaded->report));
  log_diagnostics(loaded->result.diagnostics, options_.config_path);
  Result<std::unique_ptr<StoreWriter>> store = open_sqlite_writer(rules->store_path);
  if (!store) return fail(std::move(store.error()));
  store_ = std::move(*store);
  if (Result<void> read = read_newest_id(rules->store_path); !read) return read;
  Result<std::unique_ptr<EmbeddedSim>> sim = start_embedded_sim(*rules);
  if (!sim) return fail(std::move(sim.error()));
  sim_ = std::move(*sim);

  books_ = std::make_unique<Books>(
      *store_, [this] { return clock_.now(boot_clock_us()); }, Books::Limits{});
  books_->set_notice([](bool trouble, const std::string& text) {
    trouble ? log::write_error(text) : log::write_info(text);
  });
  policy_ = books_->activate(rules);
  started_with_ = rules;
  if (Result<void> made = make_workers(); !made) return made;
  make_drills();
  if (Result<void> listening = listen(); !listening) return listening;
  watch();
  return {};
}

Result<void> RunningServer::read_newest_id(const std::string& path) {
  Result<std::unique_ptr<StoreReader>> reader = open_sqlite_reader(path);
  if (!reader) return fail(std::move(reader.error()));
  const Result<std::optional<StoredRecord>> last = (*reader)->last();
  if (!last) return fail(last.error());
  if (*last) newest_ = (*last)->id;
  return {};
}

Result<void> RunningServer::make_workers() {
  const int wanted = policy_->rules->server.threads;
  const unsigned count = wanted > 0 ? static_cast<unsigned>(wanted)
                                    : std::max(1U, std::thread::hardware_concurrency());
  metrics_ = std::make_unique<MetricsPage>(*books_, reports_, options_.version);
  for (unsigned i = 0; i < std::min(count, loops_max); ++i) {
    Result<std::unique_ptr<Loop>> loop = make_loop(i);
    if (!loop) return fail(std::move(loop.error()));
    Worker& worker = workers_.emplace_back();
    worker.loop = std::move(*loop);
    worker.gateway = std::make_unique<Gateway>(*worker.loop, *books_, policy_, i, newest_);
    worker.limits = limits_of(policy_->rules->server);
    worker.gateway->set_metrics_page(*metrics_);
    if (Result<void> added = books_->add_client(*worker.gateway); !added) return added;
    reports_.add_loop(*worker.gateway, *worker.connections);
  }
  for (Worker& worker : workers_) {
    worker.gateway->set_loops(static_cast<unsigned>(workers_.size()));
  }
  return {};
}

void RunningServer::make_drills() {
  World& first = *workers_.front().loop;
  clerk_ = std::make_unique<DrillClerk>(
      policy_->rules->store_path, [this, &first](std::string id, DrillResult result) {
        first.post([this, id = std::move(id), result = std::move(result)] {
          desk_->take_result(id, result);
        });
      });
  const auto publish = [this](const LiveDrillPtr& drill) {
    for (Worker& worker : workers_) {
      worker.loop->post([&worker, drill] { worker.gateway->accept_drill(drill); });
    }
  };
  desk_ = std::make_unique<DrillDesk>(first, *books_, policy_, publish,
                                      [this](const DrillEntry& entry) { clerk_->judge(entry); });
  drill_pages_ = std::make_unique<DrillPages>(*workers_.front().gateway, *desk_);
}

Result<void> RunningServer::listen() {
  const ServerRules& rules = policy_->rules->server;
  for (const ListenAddress& address : {rules.listen, rules.admin_listen}) {
    if (Result<void> free = check_address_free(address.host, address.port); !free) return free;
  }
  port_ = rules.listen.port;
  // Without this the last descriptors went to clients, and every provider would look dead.
  const std::size_t files = raise_open_files();
  const std::size_t affordable = std::min(rules.connections_max, connections_within(files));
  if (affordable < rules.connections_max) {
    log::warn(
        "server.limits.connections is {}, but this process may open only {} files: {} connections "
        "are served at a time; raise the limit (ulimit -n, LimitNOFILE)",
        rules.connections_max, files, affordable);
  }
  const std::size_t connections_max = std::max<std::size_t>(1, affordable / workers_.size());
  for (Worker& worker : workers_) {
    Result<std::uint16_t> port = worker.loop->listen(
        rules.listen.host, port_, connections_max, [&worker](std::unique_ptr<Stream> stream) {
          wye::start(serve_connection(*worker.loop, std::move(stream), worker.limits,
                                      *worker.gateway, worker.connections.get()));
        });
    if (!port) return fail(std::move(port.error()));
    port_ = *port;
  }
  Worker& first = workers_.front();
  admin_ = std::make_unique<Admin>(*first.gateway, *books_, reports_, *metrics_, *drill_pages_,
                                   options_.version);
  Result<std::uint16_t> admin_port =
      first.loop->listen(rules.admin_listen.host, rules.admin_listen.port, 256,
                         [this, &first](std::unique_ptr<Stream> stream) {
                           wye::start(serve_connection(*first.loop, std::move(stream), first.limits,
                                                       *admin_, &admin_connections_));
                         });
  if (!admin_port) return fail(std::move(admin_port.error()));
  admin_port_ = *admin_port;
  return {};
}

void RunningServer::watch() {
  Loop& first = *workers_.front().loop;
  first.on_signal(SIGHUP, [this] { reload(signal_cause); });
  for (const int signal : {SIGTERM, SIGINT}) {
    first.on_signal(signal, [this] { stop(); });
  }
  const Result<void> watched =
      first.on_file_change(options_.config_path, [this] { reload("file change"); });
  if (!watched) {
    log::warn("{} is not watched for changes ({}); send SIGHUP to reload", options_.config_path,
              watched.error().message);
  }
}

void RunningServer::serve() {
  books_->start();
  wye::start(follow_wall_clock());
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    workers_[i].thread = std::thread([i, loop = workers_[i].loop.get()] {
      name_thread("wye-loop-" + std::to_string(i));
      loop->run();
    });
  }
  if (!options_.quiet) {
    print_banner({options_.version, *policy_->rules, port_, admin_port_, sim_ != nullptr});
  }
  const ServerRules& rules = policy_->rules->server;
  log::info("wye {} listens on {}, admin pages on {}, policy {}", options_.version,
            authority(rules.listen.host, port_), authority(rules.admin_listen.host, admin_port_),
            fingerprint_in_force());
  if (options_.on_listening) options_.on_listening({port_, admin_port_});
  workers_.front().loop->run();
  for (Worker& worker : workers_) {
    if (worker.thread.joinable()) worker.thread.join();
  }
  books_->stop();
  desk_->hand_over_rest();
  clerk_.reset();  // when it has judged
  // What the books said last must still be heard while the gateways live.
  for (Worker& worker : workers_) worker.loop->wind_down();
  log::info("stopped; every answered request is recorded in {}", policy_->rules->store_path);
}

Async<void> RunningServer::follow_wall_clock() {
  Loop& first = *workers_.front().loop;
  while (!drain_.begun()) {
    co_await first.sleep_until(first.mono_us() + clock_interval_us);
    clock_.follow(wall_clock_ms(), boot_clock_us());
    look_for_file();
  }
}

// A bad file never replaces a good one.
void RunningServer::reload(std::string_view cause) {
  if (drain_.begun()) return;
  const Result<LoadedFile> loaded = options_.load();
  if (!loaded) {
    reject_file(fmt::format("{} ({})", loaded.error().message, cause));
    if (!is_file_there()) looks_in_vain_ = std::max(looks_in_vain_, looks_until_gone);
    return;
  }
  const std::vector<config::Diagnostic>& diagnostics = loaded->result.diagnostics;
  const RulesPtr rules = loaded->result.rules;
  if (!rules) {
    reject_file(fmt::format("{} has errors ({})", options_.config_path, cause));
    log_diagnostics(diagnostics, options_.config_path);
    return;
  }
  const bool was_rejected = rejected_since_ != 0;
  note_rejected_since(0);
  // A signal always takes over: secrets behind the references may have changed.
  const bool same = rules->fingerprint == policy_->rules->fingerprint;
  if (same && cause != signal_cause) {
    if (was_rejected) {
      log::info("{} is again what is in force, policy {} ({})", options_.config_path,
                fingerprint_in_force(), cause);
    }
    return;
  }
  log_diagnostics(diagnostics, options_.config_path);
  for (const std::string_view key : restart_keys(*started_with_, *rules)) {
    log::warn(
        "{} differs from what this process was started with; it takes effect at the next "
        "start",
        key);
  }
  take_over(rules);
  log::info("policy {} is in force ({})", fingerprint_in_force(), cause);
}

void RunningServer::reject_file(std::string_view why) {
  log::error("{}; policy {} stays in force", why, fingerprint_in_force());
  if (rejected_since_ == 0) note_rejected_since(wall_clock_ms());
}

void RunningServer::note_rejected_since(TimeMs since) {
  rejected_since_ = since;
  metrics_->set_reload_worked(since == 0);
  admin_->set_config_rejected_since(since);
}

bool RunningServer::is_file_there() const {
  std::error_code unknown;
  return std::filesystem::exists(options_.config_path, unknown);
}

// Editors take a file away for a moment; the watch says nothing of that, nor of one that is put
// back as it was.
void RunningServer::look_for_file() {
  if (!is_file_there()) {
    if (++looks_in_vain_ == looks_until_gone) reject_file(options_.config_path + " is gone");
  } else if (std::exchange(looks_in_vain_, 0) > 0) {
    reload("file change");
  }
}

void RunningServer::take_over(const RulesPtr& rules) {
  policy_ = books_->activate(rules);
  for (Worker& worker : workers_) {
    worker.loop->post([&worker, policy = policy_] {
      worker.limits = limits_of(policy->rules->server);
      worker.gateway->accept_policy(policy);
    });
  }
  desk_->accept_policy(policy_);
}

// The second time, what is under way is cut.
void RunningServer::stop() {
  if (drain_.begun()) {
    log::warn("stopping at once");
    drain_.hurry();
    return;
  }
  const DurationMs limit_ms = policy_->rules->server.drain_timeout_ms;
  log::info("draining: requests under way finish within {}, new ones are refused",
            format_duration_ms(limit_ms));
  desk_->close();
  drain_.begin(limit_ms);
}

}  // namespace

std::unique_ptr<Server> make_server(ServerOptions options) {
  return std::make_unique<RunningServer>(std::move(options));
}

}  // namespace wye
