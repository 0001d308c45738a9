#include "app/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

#include "app/banner.h"
#include "app/embedded_sim.h"
#include "app/log.h"
#include "gateway/admin.h"
#include "gateway/books.h"
#include "gateway/gateway.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "io/store.h"

namespace wye {
namespace {

constexpr std::string_view signal_cause = "SIGHUP";
// Request ids hold the loop in six bits, and the last is the embedded simulator's.
constexpr unsigned loops_max = 62;

TimeMs wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

ServerLimits limits_of(const ServerRules& rules) {
  ServerLimits limits;
  limits.head_bytes_max = rules.head_bytes_max;
  limits.body_bytes_max = rules.body_bytes_max;
  limits.head_timeout_ms = rules.head_timeout_ms;
  limits.body_timeout_ms = rules.body_timeout_ms;
  limits.idle_timeout_ms = rules.idle_timeout_ms;
  return limits;
}

// One event loop with all that belongs to it.
struct Worker {
  std::unique_ptr<Loop> loop;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<ServerConnections> connections = std::make_unique<ServerConnections>();
  std::thread thread;  // not of the first: it runs on the main thread
};

class RunningServer final : public Server {
 public:
  explicit RunningServer(ServerOptions options) : options_(std::move(options)) {}
  Result<void> run() override;

 private:
  Result<void> start();
  Result<void> read_newest_id(const std::string& path);
  Result<void> make_workers();
  Result<void> listen();
  void watch();
  void serve();
  void reload(std::string_view cause);
  void begin_drain();
  void wait_for_drain(MonoUs until);
  void stop_loops();

  ServerOptions options_;
  ActivePolicyPtr policy_;
  std::unique_ptr<EmbeddedSim> sim_;
  std::unique_ptr<StoreWriter> store_;
  std::unique_ptr<Books> books_;
  std::vector<Worker> workers_;
  std::unique_ptr<Admin> admin_;
  ServerConnections admin_connections_;
  ServerLimits limits_;
  RequestId newest_ = 0;  // in the store when we started
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
  bool draining_ = false;
};

Result<void> RunningServer::run() {
  if (Result<void> started = start(); !started) return started;
  serve();
  return {};
}

Result<void> RunningServer::start() {
  Result<RulesPtr> rules = options_.load();
  if (!rules) return fail(std::move(rules.error()));
  Result<std::unique_ptr<StoreWriter>> store = open_sqlite_writer((*rules)->store_path);
  if (!store) return fail(std::move(store.error()));
  store_ = std::move(*store);
  if (Result<void> read = read_newest_id((*rules)->store_path); !read) return read;
  Result<std::unique_ptr<EmbeddedSim>> sim = start_embedded_sim(**rules);
  if (!sim) return fail(std::move(sim.error()));
  sim_ = std::move(*sim);

  books_ = std::make_unique<Books>(*store_, wall_clock_ms, Books::Limits{});
  policy_ = books_->activate(*rules);
  limits_ = limits_of((*rules)->server);
  if (Result<void> made = make_workers(); !made) return made;
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
  for (unsigned i = 0; i < std::min(count, loops_max); ++i) {
    Result<std::unique_ptr<Loop>> loop = make_loop(i);
    if (!loop) return fail(std::move(loop.error()));
    Worker& worker = workers_.emplace_back();
    worker.loop = std::move(*loop);
    worker.gateway = std::make_unique<Gateway>(*worker.loop, *books_, policy_, i, newest_);
    books_->add_client(*worker.gateway);
  }
  return {};
}

Result<void> RunningServer::listen() {
  const ServerRules& rules = policy_->rules->server;
  for (const ListenAddress& address : {rules.listen, rules.admin_listen}) {
    if (Result<void> free = check_address_free(address.host, address.port); !free) return free;
  }
  port_ = rules.listen.port;
  const std::size_t connections_max =
      std::max<std::size_t>(1, rules.connections_max / workers_.size());
  for (Worker& worker : workers_) {
    Result<std::uint16_t> port = worker.loop->listen(
        rules.listen.host, port_, connections_max, [this, &worker](std::unique_ptr<Stream> stream) {
          wye::start(serve_connection(*worker.loop, std::move(stream), limits_, *worker.gateway,
                                      worker.connections.get()));
        });
    if (!port) return fail(std::move(port.error()));
    port_ = *port;
  }
  Loop& first = *workers_.front().loop;
  admin_ = std::make_unique<Admin>(*workers_.front().gateway, *books_);
  Result<std::uint16_t> admin_port =
      first.listen(rules.admin_listen.host, rules.admin_listen.port, 256,
                   [this, &first](std::unique_ptr<Stream> stream) {
                     wye::start(serve_connection(first, std::move(stream), limits_, *admin_,
                                                 &admin_connections_));
                   });
  if (!admin_port) return fail(std::move(admin_port.error()));
  admin_port_ = *admin_port;
  return {};
}

void RunningServer::watch() {
  Loop& first = *workers_.front().loop;
  first.on_signal(SIGHUP, [this] { reload(signal_cause); });
  for (const int signal : {SIGTERM, SIGINT}) {
    first.on_signal(signal, [this] { begin_drain(); });
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
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    workers_[i].thread = std::thread([loop = workers_[i].loop.get()] { loop->run(); });
  }
  if (!options_.quiet) {
    print_banner({options_.version, *policy_->rules, port_, admin_port_, sim_ != nullptr});
  }
  workers_.front().loop->run();
  for (Worker& worker : workers_) {
    if (worker.thread.joinable()) worker.thread.join();
  }
  books_->stop();
  // What the books said last must still be heard while the gateways live.
  for (Worker& worker : workers_) worker.loop->wind_down();
  log::info("stopped; every answered request is recorded in {}", policy_->rules->store_path);
}

// A bad file never replaces a good one.
void RunningServer::reload(std::string_view cause) {
  if (draining_) return;
  Result<RulesPtr> rules = options_.load();
  if (!rules) {
    log::error("{} ({}) is not taken over, the policy {} stays in force:\n{}", options_.config_path,
               cause, policy_->rules->fingerprint.substr(0, 12), rules.error().message);
    return;
  }
  // A signal always takes over: secrets behind the references may have changed.
  const bool same = (*rules)->fingerprint == policy_->rules->fingerprint;
  if (same && cause != signal_cause) return;
  const ServerRules& now = policy_->rules->server;
  const ServerRules& then = (*rules)->server;
  if (now.listen.host != then.listen.host || now.listen.port != then.listen.port ||
      (*rules)->store_path != policy_->rules->store_path) {
    log::warn("changes of server.listen and store.path take effect at the next start");
  }
  policy_ = books_->activate(*rules);
  for (Worker& worker : workers_) {
    worker.loop->post(
        [gateway = worker.gateway.get(), policy = policy_] { gateway->accept_policy(policy); });
  }
  log::info("policy {} is in force ({})", policy_->rules->fingerprint.substr(0, 12), cause);
}

void RunningServer::begin_drain() {
  if (draining_) {
    log::warn("stopping at once");
    stop_loops();
    return;
  }
  draining_ = true;
  log::info("draining: requests under way finish within {}, new ones are refused",
            format_duration_ms(policy_->rules->server.drain_timeout_ms));
  for (Worker& worker : workers_) {
    worker.loop->post([&worker] {
      worker.gateway->drain();
      worker.loop->stop_listening();
      worker.connections->close_idle();
    });
  }
  Loop& first = *workers_.front().loop;
  wait_for_drain(first.mono_us() + policy_->rules->server.drain_timeout_ms * 1000);
}

void RunningServer::wait_for_drain(MonoUs until) {
  auto poll = [](RunningServer& self, MonoUs end) -> Async<void> {
    constexpr MonoUs interval_us = 10'000;
    Loop& first = *self.workers_.front().loop;
    while (true) {
      std::int64_t open = 0;
      for (const Worker& worker : self.workers_) open += worker.gateway->in_flight();
      if (open == 0 || first.mono_us() >= end) {
        if (open > 0) log::warn("{} requests did not finish in time and are cut", open);
        break;
      }
      co_await first.sleep_until(first.mono_us() + interval_us);
    }
    self.stop_loops();
  };
  wye::start(poll(*this, until));
}

void RunningServer::stop_loops() {
  for (Worker& worker : workers_) worker.loop->stop();
}

}  // namespace

std::unique_ptr<Server> make_server(ServerOptions options) {
  return std::make_unique<RunningServer>(std::move(options));
}

}  // namespace wye
