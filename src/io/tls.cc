// Contexts by trust file, sessions by peer, and the handshake in words. See the header.
#include "io/tls.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <unordered_map>
#include <utility>

#include "io/resolver.h"
#include "io/tls_stream.h"

namespace wye {
namespace {

using TlsContext = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using Session = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;
using Sessions = std::unordered_map<std::string, Session>;

constexpr std::size_t sessions_max = 4096;

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<TlsStream*>(SSL_get_app_data(ssl))->remember_session(session);
  return 1;  // the reference is ours now
}

Result<TlsContext> make_context(const std::string& ca_file) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return fail(FaultKind::internal, "TLS context: " + last_reason());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(raw);
  if (!ca_file.empty() && SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr) != 1)
    return fail(FaultKind::outage, fmt::format("TLS trust file {}: {}", ca_file, last_reason()));
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(raw, on_new_session);
  static constexpr unsigned char protocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(raw, protocols, sizeof protocols - 1);
  return context;
}

class TlsClientImpl final : public TlsClient {
 public:
  Async<Result<std::unique_ptr<Stream>>> handshake(SocketPtr socket, Peer peer,
                                                   MonoUs deadline) override {
    SSL_CTX* context = co_await context_for(peer.ca_file);
    SSL* ssl = SSL_new(context);
    if (ssl == nullptr) co_return fail(FaultKind::internal, "TLS: " + last_reason());
    expect_name(ssl, peer.host);
    const std::string key = fmt::format("{}:{}/{}", peer.host, peer.port, peer.ca_file);
    if (const auto known = sessions_->find(key); known != sessions_->end())
      SSL_set_session(ssl, known->second.get());
    auto stream = std::make_unique<TlsStream>(
        std::move(socket), ssl, bio_method_,
        [sessions = sessions_, key](SSL_SESSION* session) { remember(*sessions, key, session); });
    stream->set_deadline(deadline);
    const IoResult result = co_await stream->handshake();
    if (result.status == IoStatus::ok) co_return std::unique_ptr<Stream>(std::move(stream));
    sessions_->erase(key);
    co_return fail(explain(peer, *stream, result));
  }

  // Streams that are open keep their context themselves.
  void forget() override {
    contexts_.clear();
    sessions_->clear();
  }

 private:
  Result<SSL_CTX*> context_for(const std::string& ca_file) {
    const auto known = contexts_.find(ca_file);
    if (known != contexts_.end()) return known->second.get();
    auto made = make_context(ca_file);
    if (!made) return fail(std::move(made.error()));
    return contexts_.emplace(ca_file, std::move(*made)).first->second.get();
  }

  static void expect_name(SSL* ssl, const std::string& host) {
    SSL_set_connect_state(ssl);
    SocketAddress literal;
    if (parse_address(host, 0, literal)) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
      return;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
    SSL_set_tlsext_host_name(ssl, host.c_str());
  }

  static void remember(Sessions& sessions, const std::string& key, SSL_SESSION* session) {
    Session owned(session, SSL_SESSION_free);
    if (sessions.size() >= sessions_max) sessions.clear();
    sessions.insert_or_assign(key, std::move(owned));
  }

  static Fault explain(const Peer& peer, TlsStream& stream, const IoResult& result) {
    const long verdict = SSL_get_verify_result(stream.ssl());
    if (result.status == IoStatus::failed && verdict != X509_V_OK)
      return fault(FaultKind::outage, fmt::format("TLS certificate of {}: {}", peer.host,
                                                  X509_verify_cert_error_string(verdict)));
    const bool timed_out = result.status == IoStatus::timed_out;
    return fault(timed_out ? FaultKind::timeout : FaultKind::outage,
                 fmt::format("TLS handshake with {}:{}: {}", peer.host, peer.port,
                             stream.tls_error().empty() ? describe(result) : stream.tls_error()));
  }

  std::shared_ptr<bio_method_st> bio_method_ = make_socket_bio_method();
  std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
  std::unordered_map<std::string, TlsContext> contexts_;
};

}  // namespace

std::unique_ptr<TlsClient> make_tls_client() { return std::make_unique<TlsClientImpl>(); }

}  // namespace wye
