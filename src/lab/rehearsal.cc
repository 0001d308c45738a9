// Rehearsal: the cast, the books, and the client. See rehearsal.h.
#include "lab/rehearsal.h"

#include <utility>

#include "base/text.h"

namespace wye {
namespace {

// A name of this machine: a policy without keys answers nobody else.
constexpr std::string_view client_host = "localhost";
constexpr std::string_view gateway_host = "gateway";
constexpr std::uint16_t gateway_port = 8080;
constexpr MonoUs books_interval_us = 200;
constexpr MonoUs patience_us = 600'000'000;

std::string head_of(const Wish& wish, std::size_t body_bytes) {
  std::string head;
  write_request_line(head, "POST", target_of(wish));
  write_header(head, "host", client_host);
  if (!wish.key.empty()) {
    const auto [name, value] = key_line(wish);
    write_header(head, name, value);
  }
  write_header(head, "content-type", "application/json");
  for (const auto& [more, text] : wish.headers) write_header(head, more, text);
  write_header(head, "content-length", static_cast<std::uint64_t>(body_bytes));
  return head + "\r\n";
}

}  // namespace

// Is told by the books what every loop is told.
class Rehearsal::Watch final : public BooksClient {
 public:
  Watch(World& world, const std::function<void(const Snapshot&)>& on_change)
      : world_(world), on_change_(on_change) {}
  World& world() override { return world_; }
  void accept_snapshot(SnapshotPtr snapshot) override {
    if (on_change_) on_change_(*snapshot);
  }

 private:
  World& world_;
  const std::function<void(const Snapshot&)>& on_change_;
};

Rehearsal::Rehearsal(RulesPtr rules, std::uint64_t seed, TimeMs begins) : universe_(seed) {
  if (begins > 0) universe_.set_clock(begins);
  gateway_world_ = std::make_unique<SimWorld>(universe_, std::string(gateway_host));
  client_world_ = std::make_unique<SimWorld>(universe_, std::string(client_host));
  add_providers(*rules);
  books_ = std::make_unique<Books>(
      store_, [this] { return universe_.now_ms(); }, Books::Limits{});
  gateway_ =
      std::make_unique<Gateway>(*gateway_world_, *books_, books_->activate(std::move(rules)), 0);
  watch_ = std::make_unique<Watch>(*gateway_world_, on_change_);
  (void)books_->add_client(*gateway_);
  (void)books_->add_client(*watch_);
  gateway_world_->listen(gateway_port, [this](std::unique_ptr<Stream> stream) {
    start(serve_connection(*gateway_world_, std::move(stream), limits_, *gateway_));
  });
  client_ = make_http_client(*client_world_);
  keep_books();
}

// Streams are written and providers wait for as long as they live, so they end before the rest.
Rehearsal::~Rehearsal() {
  books_open_ = false;
  universe_.wind_down();
}

void Rehearsal::add_providers(const Rules& rules) {
  for (const Provider& provider : rules.providers) {
    const std::string& host = provider.base_url.host;
    if (providers_.contains(host)) continue;
    SimConfig config;
    config.host = host;
    Host& added = providers_[host];
    added.world = std::make_unique<SimWorld>(universe_, host);
    added.simulator = std::make_unique<ProviderSim>(*added.world, config);
    added.world->listen(provider.base_url.port, [&added](std::unique_ptr<Stream> stream) {
      added.simulator->serve(std::move(stream));
    });
  }
}

// The books have no thread here: they are looked after at short intervals of virtual time.
void Rehearsal::keep_books() {
  if (!books_open_) return;
  books_->run_once();
  universe_.at(universe_.now() + books_interval_us, [this] { keep_books(); });
}

void Rehearsal::reload(RulesPtr rules) {
  add_providers(*rules);
  gateway_->accept_policy(books_->activate(std::move(rules)));
}

Async<void> Rehearsal::send(Wish wish, Told& told, int& open) {
  const MonoUs begun = universe_.now();
  const MonoUs until = begun + (wish.leave_after_ms < 0 ? patience_us : wish.leave_after_ms * 1000);
  const std::string body = body_of(wish);
  const std::string head = head_of(wish, body.size());
  const std::vector<std::string_view> pieces{body};
  const Peer peer{std::string(gateway_host), gateway_port, false, ""};
  Result<std::unique_ptr<HttpCall>> call = co_await client_->send(peer, head, pieces, until, until);
  Result<void> answered = fail(FaultKind::outage, "not sent");
  if (call) answered = co_await (*call)->read_head(until);
  if (answered) {
    told.status = (*call)->head().status;
    for (const Header& line : (*call)->head().headers.all()) {
      told.headers[to_lower(line.name)] = line.value;
    }
    while (true) {
      const Result<std::string_view> piece = co_await (*call)->read_body(until);
      if (piece && !piece->empty()) {
        if (told.first_byte_us < 0) told.first_byte_us = universe_.now() - begun;
        told.body.append(*piece);
        continue;
      }
      told.clean_end = piece.has_value();
      break;
    }
  }
  told.took_ms = (universe_.now() - begun) / 1000;
  --open;
}

}  // namespace wye
