#include "stories/story.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "config/load.h"
#include "wire/json.h"
#include "wire/sse.h"

namespace wye::story {
namespace {

constexpr std::uint16_t gateway_port = 8080;
constexpr MonoUs books_interval_us = 200;
constexpr MonoUs patience_us = 600'000'000;

std::string head_of(const Wish& wish, std::size_t body_bytes) {
  std::string head;
  write_request_line(head, "POST", target_of(wish));
  write_header(head, "host", "gateway");
  const auto [name, value] = key_line(wish);
  write_header(head, name, value);
  write_header(head, "content-type", "application/json");
  for (const auto& [more, text] : wish.headers) write_header(head, more, text);
  write_header(head, "content-length", static_cast<std::uint64_t>(body_bytes));
  return head + "\r\n";
}

// The strings of every "content" member, in order, put together.
std::string contents_of(std::string_view json) {
  simdjson::dom::parser parser;
  std::string out;
  const simdjson::padded_string padded(json);
  simdjson::dom::element root;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS) return out;
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS) return out;
  for (const simdjson::dom::element choice : choices) {
    for (const char* member : {"message", "delta"}) {
      std::string_view text;
      if (choice[member]["content"].get(text) == simdjson::SUCCESS) out.append(text);
    }
  }
  return out;
}

std::vector<std::string> events_of(std::string_view body) {
  SseReader reader(1 << 20);
  reader.feed(body);
  std::vector<std::string> events;
  SseEvent event;
  while (true) {
    const Result<bool> found = reader.next(event);
    if (!found || !*found) return events;
    events.emplace_back(event.data);
  }
}

}  // namespace

std::string Told::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Told::text() const {
  if (!header("content-type").starts_with("text/event-stream")) return contents_of(body);
  std::string out;
  for (const std::string& event : events_of(body)) out += contents_of(event);
  return out;
}

bool Told::looks_whole() const {
  if (!clean_end) return false;
  const std::vector<std::string> events = events_of(body);
  return !events.empty() && events.back() == "[DONE]";
}

bool Told::has_error_frame() const {
  for (const std::string& event : events_of(body)) {
    if (event.starts_with(R"({"error")")) return true;
  }
  return false;
}

Heard Told::heard(const Wish& wish) const { return heard_of(wish, status, body, clean_end); }

Story::Story(std::string_view policy, std::uint64_t seed) : universe_(seed) {
  gateway_world_ = std::make_unique<SimWorld>(universe_, "gateway");
  client_world_ = std::make_unique<SimWorld>(universe_, "client");
  const RulesPtr rules = read(policy);
  add_providers(*rules);
  books_ = std::make_unique<Books>(
      store_, [this] { return universe_.now_ms(); }, Books::Limits{});
  gateway_ = std::make_unique<Gateway>(*gateway_world_, *books_, books_->activate(rules), 0);
  books_->add_client(*gateway_);
  gateway_world_->listen(gateway_port, [this](std::unique_ptr<Stream> stream) {
    start(serve_connection(*gateway_world_, std::move(stream), limits_, *gateway_));
  });
  client_ = make_http_client(*client_world_);
  keep_books();
}

Story::~Story() = default;

RulesPtr Story::read(std::string_view policy) const {
  const Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  EXPECT_TRUE(catalog);
  config::Environment environment;
  environment.variable = [](const std::string&) { return std::optional<std::string>("story-key"); };
  environment.read_file = [](const std::string& path) -> Result<std::string> {
    return fail(FaultKind::config, "a story has no files: " + path);
  };
  environment.now = universe_.now_ms();
  const config::LoadResult loaded =
      config::load(policy, "story.yaml", *catalog, environment, {.secrets_required = true});
  if (!loaded.rules) {
    ADD_FAILURE() << config::format_text(loaded.diagnostics, "story.yaml", loaded.shown_text);
    std::abort();
  }
  return loaded.rules;
}

void Story::add_providers(const Rules& rules) {
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
void Story::keep_books() {
  books_->run_once();
  universe_.at(universe_.now() + books_interval_us, [this] { keep_books(); });
}

ProviderSim& Story::provider(const std::string& name) {
  return *providers_.at(name + ".sim").simulator;
}
SimNetwork& Story::network(const std::string& name) { return universe_.network(name + ".sim"); }
std::uint64_t Story::calls(const std::string& name) { return provider(name).log().seen(); }

void Story::pass(DurationMs time_ms) { universe_.run_for(time_ms); }

void Story::after(DurationMs time_ms, std::function<void()> work) {
  universe_.at(universe_.now() + time_ms * 1000, std::move(work));
}

void Story::reload(std::string_view policy) {
  const RulesPtr rules = read(policy);
  add_providers(*rules);
  gateway_->accept_policy(books_->activate(rules));
}

Async<void> Story::send(const Wish wish, Told& told, int& open) {
  const MonoUs begun = universe_.now();
  const MonoUs until = begun + (wish.leave_after_ms < 0 ? patience_us : wish.leave_after_ms * 1000);
  const std::string body = body_of(wish);
  const std::string head = head_of(wish, body.size());
  const std::vector<std::string_view> pieces{body};
  const Peer peer{"gateway", gateway_port, false, ""};
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

std::vector<Told> Story::ask_all(const std::vector<Wish>& wishes) {
  std::vector<Told> told(wishes.size());
  int open = static_cast<int>(wishes.size());
  for (std::size_t i = 0; i < wishes.size(); ++i) start(send(wishes[i], told[i], open));
  EXPECT_TRUE(universe_.run_until([&] { return open == 0; }));
  return told;
}

Told Story::ask(const Wish& wish) { return ask_all({wish}).front(); }

Why Story::why() {
  Result<Why> found = find_why(store_, "last");
  if (!found) {
    ADD_FAILURE() << found.error().message;
    return {};
  }
  return std::move(*found);
}

}  // namespace wye::story
