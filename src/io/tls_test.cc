// TLS to upstreams, against a real OpenSSL server with certificates made here: good ones are taken,
// all others are refused in clear words.
#include "io/tls.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "io/http_client.h"
#include "io/test_loop.h"

namespace wye {
namespace {

using test::in_ms;
using test::new_loop;

struct Certificate {
  EVP_PKEY* key = nullptr;
  X509* x509 = nullptr;
  Certificate() = default;
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() {
    X509_free(x509);
    EVP_PKEY_free(key);
  }
};

void add_extension(X509* x509, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
}

// `signer` null: it signs itself and is an authority.
void make(Certificate& out, const std::string& name, const std::string& alternatives,
          const Certificate* signer, long valid_from_s = -3600, long valid_to_s = 3600) {
  static std::atomic<long> serial = 1;
  out.key = EVP_EC_gen("P-256");
  out.x509 = X509_new();
  X509_set_version(out.x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(out.x509), valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(out.x509), valid_to_s);
  X509_set_pubkey(out.x509, out.key);
  X509_NAME* subject = X509_get_subject_name(out.x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* issuer = signer == nullptr ? out.x509 : signer->x509;
  X509_set_issuer_name(out.x509, X509_get_subject_name(issuer));
  if (signer == nullptr) add_extension(out.x509, issuer, NID_basic_constraints, "critical,CA:TRUE");
  if (!alternatives.empty()) add_extension(out.x509, issuer, NID_subject_alt_name, alternatives);
  X509_sign(out.x509, signer == nullptr ? out.key : signer->key, EVP_sha256());
}

// Accepts, shakes hands, and answers every request with "hello"; on threads of its own.
class TlsServer {
 public:
  explicit TlsServer(const Certificate& certificate) {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, certificate.x509);
    SSL_CTX_use_PrivateKey(context_, certificate.key);
    const unsigned char id[] = "test";
    SSL_CTX_set_session_id_context(context_, id, 4);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }

  std::uint16_t port = 0;
  std::atomic<int> handshakes = 0;
  std::atomic<int> resumed = 0;
  std::atomic<bool> close_rudely = false;  // without a farewell of TLS
  std::atomic<std::size_t> body_bytes = 5;
  std::atomic<bool> tls13 = false;
  std::string alpn;
  std::string sni;

 private:
  void accept_all() {
    for (;;) {
      const int descriptor = ::accept(listener_, nullptr, nullptr);
      if (descriptor < 0) return;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, descriptor);
      SSL_CTX_set_alpn_select_cb(
          context_,
          [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
             unsigned, void* self) {
            *out = in + 1;
            *size = in[0];
            static_cast<TlsServer*>(self)->alpn.assign(reinterpret_cast<const char*>(in + 1),
                                                       in[0]);
            return SSL_TLSEXT_ERR_OK;
          },
          this);
      if (SSL_accept(ssl) == 1) {
        ++handshakes;
        if (SSL_session_reused(ssl) == 1) ++resumed;
        tls13 = SSL_version(ssl) == TLS1_3_VERSION;
        if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) sni = name;
        answer_all(ssl);
      }
      ERR_clear_error();
      if (!close_rudely) SSL_shutdown(ssl);
      SSL_free(ssl);
      ::close(descriptor);
    }
  }

  void answer_all(SSL* ssl) {
    std::string request;
    char bytes[4096];
    for (;;) {
      const int count = SSL_read(ssl, bytes, sizeof bytes);
      if (count <= 0) return;
      request.append(bytes, static_cast<std::size_t>(count));
      if (request.find("\r\n\r\n") == std::string::npos) continue;
      const bool until_close = request.starts_with("GET /close");
      request.clear();
      const std::string body = body_bytes == 5 ? "hello" : std::string(body_bytes, 'b');
      const std::string answer =
          until_close ? "HTTP/1.1 200 OK\r\n\r\nhello"
                      : "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                            "\r\n\r\n" + body;
      SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
      if (until_close) return;
    }
  }

  SSL_CTX* context_;
  int listener_;
  std::thread thread_;
};

class Tls : public ::testing::Test {
 public:
  Tls() {
    char pattern[] = "/tmp/wye_tls_XXXXXX";
    folder = ::mkdtemp(pattern);
    make(authority, "wye test authority", "", nullptr);
    ca_file = folder + "/ca.pem";
    FILE* file = std::fopen(ca_file.c_str(), "w");
    PEM_write_X509(file, authority.x509);
    std::fclose(file);
  }
  ~Tls() override { std::filesystem::remove_all(folder); }

  // Runs `count` requests to `host`; the faults, or the bodies.
  std::vector<std::string> fetch(std::uint16_t port, const std::string& host, int count = 1,
                                 const std::string& path = "/", bool trusted = true,
                                 bool keep = true) {
    std::vector<std::string> results;
    auto loop = new_loop();
    auto client = make_http_client(*loop);
    const Peer peer{.host = host, .port = port, .tls = true, .ca_file = trusted ? ca_file : ""};
    test::run(*loop, [&](Loop& world) -> Async<void> {
      for (int i = 0; i < count; ++i) {
        const std::string text = co_await one(world, *client, peer, path);
        results.push_back(text);
        if (!keep) client->close_idle();
      }
    });
    client.reset();
    return results;
  }

  static Async<std::string> one(World& world, HttpClient& client, const Peer& peer,
                                const std::string& path) {
    const std::string head = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    auto call = co_await client.send(peer, head, {}, in_ms(world, 3000), in_ms(world, 3000));
    if (!call) co_return std::string(to_string(call.error().kind)) + ": " + call.error().message;
    auto read = co_await (*call)->read_head(in_ms(world, 3000));
    if (!read) co_return std::string(to_string(read.error().kind)) + ": " + read.error().message;
    std::string body;
    for (;;) {
      auto some = co_await (*call)->read_body(in_ms(world, 3000));
      if (!some) co_return std::string(to_string(some.error().kind)) + ": " + some.error().message;
      if (some->empty()) co_return body;
      body += *some;
    }
  }

  std::string folder;
  std::string ca_file;
  Certificate authority;
};

TEST_F(Tls, SpeaksToAVerifiedPeerAndKeepsTheConnection) {
  Certificate good;
  make(good, "good", "DNS:localhost,IP:127.0.0.1", &authority);
  TlsServer server(good);
  const auto texts = fetch(server.port, "localhost", 3);
  EXPECT_EQ(texts, (std::vector<std::string>{"hello", "hello", "hello"}));
  EXPECT_EQ(server.handshakes, 1);
  EXPECT_TRUE(server.tls13);
  EXPECT_EQ(server.alpn, "http/1.1");
  EXPECT_EQ(server.sni, "localhost");
  EXPECT_EQ(fetch(server.port, "127.0.0.1").at(0), "hello");
}

TEST_F(Tls, ResumesSessions) {
  Certificate good;
  make(good, "good", "DNS:localhost", &authority);
  TlsServer server(good);
  const auto texts = fetch(server.port, "localhost", 3, "/", true, false);
  EXPECT_EQ(texts.back(), "hello");
  EXPECT_EQ(server.handshakes, 3);
  EXPECT_EQ(server.resumed, 2);
}

TEST_F(Tls, ReadsAnAuthorityAnewWhenToldToForget) {
  Certificate other_authority, good, other;
  make(other_authority, "another authority", "", nullptr);
  make(good, "good", "DNS:localhost", &authority);
  make(other, "other", "DNS:localhost", &other_authority);
  TlsServer old_server(good), new_server(other);
  auto loop = new_loop();
  auto client = make_http_client(*loop);
  const std::string path = "/";
  const auto ask = [&](World& world, std::uint16_t port) -> Async<std::string> {
    const Peer peer{.host = "localhost", .port = port, .tls = true, .ca_file = ca_file};
    const std::string text = co_await one(world, *client, peer, path);
    co_return text;
  };
  test::run(*loop, [&](Loop& world) -> Async<void> {
    EXPECT_EQ(co_await ask(world, old_server.port), "hello");
    EXPECT_NE(co_await ask(world, new_server.port), "hello");
    FILE* file = std::fopen(ca_file.c_str(), "w");
    PEM_write_X509(file, other_authority.x509);
    std::fclose(file);
    client->close_idle();
    world.forget_trust();
    EXPECT_EQ(co_await ask(world, new_server.port), "hello");
    EXPECT_NE(co_await ask(world, old_server.port), "hello");
  });
  client.reset();
}

TEST_F(Tls, CarriesLongBodies) {
  Certificate good;
  make(good, "good", "DNS:localhost", &authority);
  TlsServer server(good);
  server.body_bytes = 3'000'000;
  EXPECT_EQ(fetch(server.port, "localhost").at(0), std::string(3'000'000, 'b'));
}

TEST_F(Tls, RefusesAWrongName) {
  Certificate other;
  make(other, "localhost", "DNS:other.example", &authority);
  TlsServer server(other);
  EXPECT_EQ(fetch(server.port, "localhost").at(0),
            "outage: TLS certificate of localhost: hostname mismatch");
  EXPECT_EQ(fetch(server.port, "127.0.0.1").at(0),
            "outage: TLS certificate of 127.0.0.1: IP address mismatch");
}

TEST_F(Tls, RefusesAnUnknownAuthority) {
  Certificate good;
  make(good, "good", "DNS:localhost", &authority);
  TlsServer server(good);
  EXPECT_EQ(fetch(server.port, "localhost", 1, "/", false).at(0),
            "outage: TLS certificate of localhost: unable to get local issuer certificate");
}

TEST_F(Tls, RefusesAnExpiredCertificate) {
  Certificate old;
  make(old, "old", "DNS:localhost", &authority, -7200, -3600);
  TlsServer server(old);
  EXPECT_EQ(fetch(server.port, "localhost").at(0),
            "outage: TLS certificate of localhost: certificate has expired");
}

TEST_F(Tls, NamesATrustFileThatIsNotThere) {
  Certificate good;
  make(good, "good", "DNS:localhost", &authority);
  TlsServer server(good);
  ca_file += ".gone";
  EXPECT_TRUE(
      fetch(server.port, "localhost").at(0).starts_with("outage: TLS trust file " + ca_file));
}

TEST_F(Tls, AnEndWithoutFarewellIsACut) {
  Certificate good;
  make(good, "good", "DNS:localhost", &authority);
  TlsServer server(good);
  EXPECT_EQ(fetch(server.port, "localhost", 1, "/close").at(0), "hello");
  server.close_rudely = true;
  EXPECT_TRUE(fetch(server.port, "localhost", 1, "/close").at(0).starts_with("cut: "));
}

TEST_F(Tls, SaysThatThePeerSpeaksNoTls) {
  auto loop = new_loop();
  auto listening = loop->listen("127.0.0.1", 0, 10, [&](std::unique_ptr<Stream> stream) {
    start([](World& world, std::unique_ptr<Stream> s) -> Async<void> {
      (void)co_await test::hear(world, *s);
      (void)co_await test::say(world, *s, "HTTP/1.1 400 Bad Request\r\n\r\n");
    }(*loop, std::move(stream)));
  });
  const Peer peer{.host = "localhost", .port = *listening, .tls = true, .ca_file = ca_file};
  test::run(*loop, [&](Loop& world) -> Async<void> {
    auto stream = co_await world.connect(peer, in_ms(world, 2000));
    EXPECT_FALSE(stream);
    EXPECT_EQ(stream.error().message, "TLS handshake with localhost:" + std::to_string(peer.port) +
                                          ": wrong version number");
  });
}

TEST_F(Tls, AHandshakeHasADeadline) {
  auto loop = new_loop();
  std::unique_ptr<Stream> kept;
  auto listening =
      loop->listen("127.0.0.1", 0, 10, [&](std::unique_ptr<Stream> s) { kept = std::move(s); });
  const Peer peer{.host = "localhost", .port = *listening, .tls = true, .ca_file = ca_file};
  test::run(*loop, [&](Loop& world) -> Async<void> {
    const MonoUs begun = world.mono_us();
    auto stream = co_await world.connect(peer, in_ms(world, 200));
    EXPECT_FALSE(stream);
    EXPECT_EQ(stream.error().kind, FaultKind::timeout);
    EXPECT_LT(world.mono_us() - begun, 2'500'000);
  });
}

}  // namespace
}  // namespace wye
