// Tests of the AWS signature over the signing suite that AWS publishes: of every scenario all eight
// results. Skipped where the suite is absent; its folder is that of the recorded traffic.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/test_measured.h"
#include "base/text.h"
#include "wire/sigv4.h"

namespace wye {
namespace {

namespace files = std::filesystem;

files::path suite() {
  const char* named = std::getenv("WYE_CORPUS");
  return files::path(named != nullptr ? named : "../shared/wire") / "sigv4" / "open" / "v4";
}

std::string read_file(const files::path& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// The suite's times are all of one form: "2015-08-30T12:36:00Z".
TimeMs time_of(const std::string& text) {
  std::tm parts{};
  EXPECT_NE(strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts), nullptr);
  return static_cast<TimeMs>(timegm(&parts)) * 1000;
}

// A request as the suite spells it: the target may hold spaces, values may go on in further lines.
struct Request {
  explicit Request(std::string all) : text(std::move(all)) {
    const std::size_t line_end = text.find('\n');
    const std::string_view line = std::string_view(text).substr(0, line_end);
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::size_t mark = std::min(target.find('?'), target.size());
    path = target.substr(0, mark);
    if (mark < target.size()) query = target.substr(mark + 1);
    std::size_t at = line_end == std::string::npos ? text.size() : line_end + 1;
    while (at < text.size()) {
      std::size_t end = std::min(text.find('\n', at), text.size());
      if (end == at) {
        body = std::string_view(text).substr(end + 1);
        break;
      }
      while (end + 1 < text.size() && (text[end + 1] == ' ' || text[end + 1] == '\t')) {
        end = std::min(text.find('\n', end + 1), text.size());
      }
      const std::string_view header = std::string_view(text).substr(at, end - at);
      const std::size_t colon = header.find(':');
      headers.push_back({header.substr(0, colon), header.substr(colon + 1)});
      at = end + 1;
    }
  }
  std::string text;
  std::string_view method, path, query, body;
  std::vector<Header> headers;
};

std::multiset<std::string> lines_of(const Request& request) {
  std::multiset<std::string> out;
  out.emplace(std::string(request.method) + " " + std::string(request.path) + "?" +
              std::string(request.query));
  for (const Header& header : request.headers) {
    out.insert(to_lower(header.name) + ":" + std::string(header.value));
  }
  out.emplace(request.body);
  return out;
}

TEST(SigV4Corpus, all_results_of_the_suite) {
  if (!files::exists(suite())) GTEST_SKIP() << "corpus absent, skipped";
  int scenarios = 0, inputs = 0, results = 0, right = 0;
  simdjson::dom::parser parser;
  for (const auto& folder : files::directory_iterator(suite())) {
    const auto file = [&](const char* name) { return read_file(folder.path() / name); };
    simdjson::dom::element context;
    ASSERT_EQ(parser.parse(file("context.json")).get(context), simdjson::SUCCESS);
    const auto text = [&](const char* pointer) {
      std::string_view out;
      if (context.at_pointer(pointer).get(out) != simdjson::SUCCESS) out = {};
      return std::string(out);
    };
    const auto flag = [&](const char* pointer) {
      bool out = false;
      if (context.at_pointer(pointer).get(out) != simdjson::SUCCESS) out = {};
      return out;
    };
    const AwsCredentials credentials{text("/credentials/access_key_id"),
                                     text("/credentials/secret_access_key"),
                                     text("/credentials/token")};
    const AwsService service{text("/region"), text("/service")};
    AwsSigning signing;
    signing.normalize_path = flag("/normalize");
    signing.send_body_hash = flag("/sign_body");
    signing.sign_session_token = !flag("/omit_session_token");
    std::int64_t expires = 0;
    ASSERT_EQ(context["expiration_in_seconds"].get(expires), simdjson::SUCCESS);
    signing.expires_ms = expires * 1000;
    const TimeMs now = time_of(text("/timestamp"));

    const Request plain(file("request.txt"));
    const AwsRequest request{
        plain.method, plain.path, plain.query, plain.headers, {&plain.body, 1}};
    ++scenarios;
    inputs += 2;
    const auto check = [&](const AwsSignature& made, const std::string& way) {
      const std::string where = folder.path().filename().string() + " by " + way;
      const std::string files_of = way + "-";
      const auto compare = [&](const auto& ours_is, const auto& wanted) {
        EXPECT_EQ(ours_is, wanted) << where;
        right += ours_is == wanted ? 1 : 0;
        ++results;
      };
      compare(made.canonical_request, file((files_of + "canonical-request.txt").c_str()));
      compare(made.string_to_sign, file((files_of + "string-to-sign.txt").c_str()));
      compare(made.signature, file((files_of + "signature.txt").c_str()));
      Request ours = plain;
      for (const auto& [name, value] : made.headers) ours.headers.push_back({name, value});
      if (!made.query.empty()) ours.query = made.query;
      const Request theirs(file((files_of + "signed-request.txt").c_str()));
      compare(lines_of(ours), lines_of(theirs));
    };
    check(sign_by_headers(request, credentials, service, now, signing), "header");
    check(sign_by_query(request, credentials, service, now, signing), "query");
  }
  std::printf("%d scenarios, %d results compared, %d files\n", scenarios, results,
              inputs + results);
  test::measured("wire", "results of AWS's signing suite", right, results);
  EXPECT_GE(scenarios, 38);
}

}  // namespace
}  // namespace wye
