#include "gateway/google_token.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "io/sim_universe.h"
#include "io/sim_world.h"

namespace wye {
namespace {

// Google's token service: hands out one answer after another and keeps what it was asked.
class TokenService {
 public:
  explicit TokenService(SimUniverse& universe) {
    universe.listen("tokens.test", 80,
                    [this](std::unique_ptr<Stream> stream) { start(serve(std::move(stream))); });
  }

  std::vector<std::string> answers;  // "200 {...}"
  std::vector<std::string> asked;

 private:
  Async<void> serve(std::unique_ptr<Stream> stream) {
    std::string request;
    char room[4096];
    while (true) {
      const IoResult read = co_await stream->read(room);
      if (read.status != IoStatus::ok) co_return;
      request.append(room, read.bytes);
      const std::size_t body = request.find("\r\n\r\n");
      // Forms of these tests end in an escaped exclamation mark.
      if (body == std::string::npos || !request.ends_with("%21")) continue;
      asked.push_back(request.substr(body + 4));
      request.clear();
      const std::string answer = answers.at(asked.size() - 1);
      const std::string text = answer.substr(4);
      const std::string head = "HTTP/1.1 " + answer.substr(0, 3) +
                               " X\r\ncontent-length: " + std::to_string(text.size()) + "\r\n\r\n";
      const std::string_view pieces[]{head, text};
      const IoResult written = co_await stream->write(pieces);
      if (written.status != IoStatus::ok) co_return;
    }
  }
};

class GoogleTokensTest : public testing::Test {
 public:
  GoogleTokensTest() {
    user.client_id = "client";
    user.client_secret = "secret";
    user.refresh_token = "refresh/1!";
    user.token_uri = "http://tokens.test/token";
  }
  // The service's coroutines wait for the end of their connections.
  ~GoogleTokensTest() override {
    client->close_idle();
    universe.run_until_idle();
  }

  Result<std::string> fetch() {
    std::optional<Result<std::string>> out;
    start(fetch_into(out));
    universe.run_until([&] { return out.has_value(); });
    if (!out) return fail(FaultKind::internal, "it never ended");
    return *out;
  }
  Async<void> fetch_into(std::optional<Result<std::string>>& out) {
    out = co_await tokens.fetch(user, "", world.mono_us() + 5'000'000);
  }

  SimUniverse universe{7};
  SimWorld world{universe, "gateway"};
  TokenService service{universe};
  std::unique_ptr<HttpClient> client = make_http_client(world);
  GoogleTokens tokens{world, *client};
  GoogleCredentials user;
};

TEST_F(GoogleTokensTest, IsFetchedOnceAndAgainBeforeItExpires) {
  service.answers = {R"(200 {"access_token":"first","expires_in":3599,"token_type":"Bearer"})",
                     R"(200 {"access_token":"second","expires_in":3599})"};
  EXPECT_EQ(tokens.find(user), "");
  EXPECT_EQ(fetch().value(), "first");
  EXPECT_EQ(fetch().value(), "first");
  EXPECT_EQ(tokens.find(user), "first");
  ASSERT_EQ(service.asked.size(), 1u);
  EXPECT_EQ(service.asked[0],
            "grant_type=refresh_token&client_id=client&client_secret=secret&"
            "refresh_token=refresh%2F1%21");
  universe.run_for(3'599'000 - 59'000);
  EXPECT_EQ(tokens.find(user), "");
  EXPECT_EQ(fetch().value(), "second");
}

TEST_F(GoogleTokensTest, OneThatWasRefusedIsForgotten) {
  service.answers = {R"(200 {"access_token":"first","expires_in":3599})",
                     R"(200 {"access_token":"second","expires_in":3599})"};
  EXPECT_EQ(fetch().value(), "first");
  tokens.forget(user);
  EXPECT_EQ(fetch().value(), "second");
}

TEST_F(GoogleTokensTest, RefusalsAndOutagesAreToldApart) {
  service.answers = {
      R"(400 {"error":"invalid_grant","error_description":"Token has been revoked"})", "503 <html>",
      "200 {}"};
  const auto revoked = fetch();
  ASSERT_FALSE(revoked);
  EXPECT_EQ(revoked.error().kind, FaultKind::auth);
  EXPECT_NE(revoked.error().message.find("revoked"), std::string::npos);
  EXPECT_EQ(fetch().error().kind, FaultKind::outage);
  EXPECT_EQ(fetch().error().kind, FaultKind::auth);
  universe.network("tokens.test").refuse = true;
  universe.reset_connections("tokens.test");
  EXPECT_EQ(fetch().error().kind, FaultKind::outage);
}

TEST_F(GoogleTokensTest, OnlyARefusalOfTheAccountIsAMatterOfCredentials) {
  const std::pair<int, FaultKind> cases[] = {{429, FaultKind::rate_limit}, {408, FaultKind::outage},
                                             {404, FaultKind::outage},     {500, FaultKind::outage},
                                             {400, FaultKind::auth},       {401, FaultKind::auth},
                                             {403, FaultKind::auth}};
  for (const auto& [status, kind] : cases) {
    service.answers.push_back(std::to_string(status) + R"( {"error":"no"})");
    EXPECT_EQ(fetch().error().kind, kind) << status;
  }
}

}  // namespace
}  // namespace wye
