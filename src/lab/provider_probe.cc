#include "lab/provider_probe.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "base/text.h"
#include "dialect/dialect.h"
#include "dialect/offered_models.h"
#include "gateway/credential.h"
#include "gateway/google_token.h"

namespace wye {
namespace {

constexpr std::size_t answer_bytes_max = 16 << 20;  // the largest lists have some megabytes
constexpr std::size_t quoted_bytes_max = 200;

struct ModelsPage {
  std::unique_ptr<HttpCall> call;  // has the head
  std::string body;                // without secrets
  int status() const { return call->head().status; }
  const Headers& headers() const { return call->head().headers; }
};

// On one line and without control characters, since a terminal would obey them.
std::string one_line(std::string_view text) {
  std::string out(trim(text.substr(0, quoted_bytes_max)));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

class Probe {
 public:
  Probe(World& world, HttpClient& client, const Rules& rules, int index, MonoUs deadline)
      : world_(world),
        client_(client),
        rules_(rules),
        provider_(rules.providers[static_cast<std::size_t>(index)]),
        deadline_(deadline) {
    found_.provider = index;
    for (std::size_t i = 0; i < rules.deployments.size(); ++i) {
      if (rules.deployments[i].provider == index)
        found_.models.push_back({static_cast<int>(i), Probed::unknown, {}});
    }
  }

  Async<ProviderProbe> run() {
    const MonoUs begun = world_.mono_us();
    Result<void> done = co_await all();
    if (!done) {
      found_.fault = std::move(done.error());
      found_.fault->message =
          one_line(without_credentials(std::move(found_.fault->message), provider_, token_));
    }
    found_.took_us = world_.mono_us() - begun;
    co_return std::move(found_);
  }

 private:
  Async<Result<void>> all() {
    co_await co_await reach();
    if (provider_.google) {
      found_.key = Probed::no;
      GoogleTokens tokens(world_, client_);
      token_ = co_await co_await tokens.fetch(*provider_.google, provider_.ca_file, deadline_);
      found_.key = Probed::yes;
    }
    if (const auto query = key_query(provider_)) {
      ModelsPage page = co_await co_await ask(*query);
      co_await look_at_key(page);
    }
    co_await co_await look_at_models();
    co_return Result<void>{};
  }

  // A connection without TLS first, so that what is wrong below TLS is told from what is wrong in
  // it.
  Async<Result<void>> reach() {
    const Peer plain{provider_.base_url.host, provider_.base_url.port, false, {}};
    found_.reached = Probed::no;
    const auto stream = co_await co_await world_.connect(plain, deadline_);
    found_.reached = Probed::yes;
    co_return Result<void>{};
  }

  Async<Result<void>> look_at_models() {
    const auto query = models_query(provider_);
    if (!query) co_return co_await look_without_list();
    ModelsPage page = co_await co_await ask(*query);
    // Whoever has no list says that there is no such path.
    const bool no_list = page.status() == 404 || page.status() == 405 || page.status() == 501;
    if (no_list) co_return co_await look_without_list();
    co_await look_at_key(page);
    if (page.status() != 200) co_return fail(odd(page));
    auto offered = read_models(json_, page.body);
    if (!offered) co_return fail(odd(page));
    found_.answered = Probed::yes;
    if (lists_names(provider_)) co_await co_await compare(*offered);
    co_return Result<void>{};
  }

  // The models one by one where that is possible; else at least the key.
  Async<Result<void>> look_without_list() {
    if (provider_.hosting == Hosting::vertex) {
      for (ModelProbe& model : found_.models) co_await co_await look_for(model);
      co_return Result<void>{};
    }
    ModelsQuery query = empty_query(provider_);
    ModelsPage page = co_await co_await ask(std::move(query));
    co_await look_at_key(page);
    const bool refused_as_empty = page.status() == 400 || page.status() == 422;
    if (!refused_as_empty) co_return fail(odd(page));
    found_.answered = Probed::yes;
    co_return Result<void>{};
  }

  Async<Result<void>> compare(const std::vector<std::string>& offered) {
    for (ModelProbe& model : found_.models) {
      const std::string& name = name_of(model);
      if (is_offered(provider_, offered, name)) {
        model.offered = Probed::yes;
        continue;
      }
      co_await co_await look_for(model);
      if (model.offered == Probed::yes) continue;
      model.offered = Probed::no;
      model.near = nearest(name, offered);
    }
    co_return Result<void>{};
  }

  Async<Result<void>> look_for(ModelProbe& model) {
    const auto query = model_query(provider_, name_of(model));
    if (!query) co_return Result<void>{};
    ModelsPage page = co_await co_await ask(*query);
    co_await look_at_key(page);
    found_.answered = Probed::yes;
    if (page.status() == 200) model.offered = Probed::yes;
    if (page.status() == 404) model.offered = Probed::no;
    co_return Result<void>{};
  }

  // A Fault when the answer is about the credential or the account.
  Result<void> look_at_key(ModelsPage& page) {
    const bool there = provider_.auth != Auth::none && has_credential();
    if (page.status() >= 200 && page.status() < 300) {
      if (there) found_.key = Probed::yes;
      return {};
    }
    Fault read = dialect_of(provider_.dialect)
                     ->read_fault(json_, page.status(), page.headers(), page.body, world_.now_ms());
    switch (read.kind) {
      case FaultKind::auth: found_.key = Probed::no; return fail(std::move(read));
      case FaultKind::permission:
      case FaultKind::rate_limit:
      case FaultKind::quota: return fail(std::move(read));
      case FaultKind::outage:
      case FaultKind::overloaded: return {};
      default:
        // Whoever answers to what was asked has looked at the key before.
        if (there && page.status() >= 400 && page.status() < 500) found_.key = Probed::yes;
        return {};
    }
  }

  bool has_credential() const {
    return !provider_.api_key.empty() || !provider_.aws.keys.access_key_id.empty() ||
           provider_.google;
  }

  Fault odd(const ModelsPage& page) const {
    const std::string_view type = page.headers().get("content-type");
    const std::string body = one_line(page.body);
    return fault(FaultKind::invalid_output,
                 fmt::format("status {}, {}: {}", page.status(), type.empty() ? "no type" : type,
                             body.empty() ? "no body" : body));
  }

  const std::string& name_of(const ModelProbe& model) const {
    return rules_.deployments[static_cast<std::size_t>(model.deployment)].model;
  }

  std::string head_of(const ModelsQuery& query) {
    ProviderRequest request;
    request.path = query.target;
    request.body_bytes = query.body.size();
    if (!query.body.empty()) request.body.push_back(query.body);
    Provider asked = provider_;
    asked.base_url = query.url;
    asked.base_url.path.clear();
    const std::string_view method = query.body.empty() ? "GET" : "POST";
    std::string head;
    write_request_line(head, method, query.target);
    write_header(head, "host", host_of(query.url));
    write_header(head, "content-type", "application/json");
    write_header(head, "accept", "application/json");
    write_header(head, "user-agent", "wye");
    for (const auto& [name, value] : query.headers) write_header(head, name, value);
    head += credential_lines(asked, request, token_, world_.now_ms(), method);
    if (!query.body.empty())
      write_header(head, "content-length", static_cast<std::uint64_t>(query.body.size()));
    return head.append("\r\n");
  }

  Async<Result<ModelsPage>> ask(ModelsQuery query) {
    const Peer peer{query.url.host, query.url.port, query.url.tls, provider_.ca_file};
    const std::string head = head_of(query);
    const std::array<std::string_view, 1> whole{query.body};
    const std::span<const std::string_view> body(whole.data(), query.body.empty() ? 0 : 1);
    if (query.url.tls && found_.tls == Probed::unknown) found_.tls = Probed::no;
    ModelsPage page;
    page.call = co_await co_await client_.send(peer, head, body, deadline_, deadline_);
    if (query.url.tls) found_.tls = Probed::yes;
    co_await co_await page.call->read_head(deadline_);
    for (;;) {
      const std::string_view piece = co_await co_await page.call->read_body(deadline_);
      if (piece.empty()) break;
      page.body.append(piece);
      if (page.body.size() > answer_bytes_max)
        co_return fail(FaultKind::invalid_output, "the answer does not end");
    }
    page.body = without_credentials(std::move(page.body), provider_, token_);
    co_return page;
  }

  World& world_;
  HttpClient& client_;
  const Rules& rules_;
  const Provider& provider_;
  const MonoUs deadline_;
  JsonReader json_;
  std::string token_;  // Google's
  ProviderProbe found_;
};

}  // namespace

Async<ProviderProbe> probe_provider(World& world, HttpClient& client, const Rules& rules,
                                    int provider, MonoUs deadline) {
  Probe probe(world, client, rules, provider, deadline);
  co_return co_await probe.run();
}

}  // namespace wye
