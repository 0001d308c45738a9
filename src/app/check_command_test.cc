// `wye check`, the binary itself: exit codes, what it prints, and what it writes; and that every
// code has its help and every verb its completion.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/test_command.h"
#include "app/test_server.h"
#include "base/fault.h"
#include "config/codes.h"

namespace wye {
namespace {

class CheckCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("WYE_BINARY") == nullptr) GTEST_SKIP() << "WYE_BINARY does not name the binary";
    std::string pattern = std::filesystem::temp_directory_path() / "wye-check-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  std::string path() const { return folder_ / "wye.yaml"; }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string policy(std::uint16_t port, std::string_view model = "fast") {
    return "version: 1\nproviders:\n  p: { kind: openai_compatible, base_url: \"http://127.0.0.1:" +
           std::to_string(port) +
           "/v1\" }\ndeployments:\n  d: { provider: p, model: " + std::string(model) +
           " }   # the only one\ntasks:\n  t: { route: d }\n";
  }

  std::filesystem::path folder_;
};

TEST_F(CheckCommand, AsksTheProvidersWhenTold) {
  SimConfig config;
  config.models.front().name = "fast";
  std::uint16_t port = 0;
  {
    const FakeProvider provider(config);
    port = provider.port();
    write(policy(port));
    const Ran good = run_wye("check --online " + path());
    EXPECT_EQ(good.code, 0) << good.out;
    EXPECT_NE(good.out.find("checked online in"), std::string::npos) << good.out;
    write(policy(port, "fats"));
    const Ran bad = run_wye("check --online --json " + path());
    EXPECT_EQ(bad.code, 3) << bad.out;
    EXPECT_NE(bad.out.find(R"("code":"WYE1606")"), std::string::npos) << bad.out;
    EXPECT_NE(bad.out.find(R"("online":{"providers":[{"name":"p")"), std::string::npos) << bad.out;
  }
  EXPECT_EQ(run_wye("check --online " + path()).code, 5) << "nobody is there any more";
  EXPECT_EQ(run_wye("check " + path()).code, 0) << "the file itself is good";
  EXPECT_EQ(run_wye("check --online --timeout-ms 1 " + path()).code, 2);
}

TEST_F(CheckCommand, PutsRightWhatIsCertain) {
  const std::string good = policy(9);
  std::string bad = good;
  bad.replace(bad.find("route: d"), 8, "rute: d");
  write(bad);
  const Ran asked = run_wye("check --fix " + path());
  EXPECT_EQ(asked.code, 3) << asked.out;
  EXPECT_EQ(text(), bad) << "nothing is written off a terminal without --yes";
  EXPECT_NE(asked.out.find("\n-  t: { rute: d }\n+  t: { route: d }\n"), std::string::npos)
      << asked.out;
  const Ran agreed = run_wye("check --fix --yes " + path());
  EXPECT_EQ(agreed.code, 0) << agreed.out;
  EXPECT_EQ(text(), good);
  EXPECT_EQ(run_wye("check --fix --yes " + path()).code, 0);
  EXPECT_EQ(text(), good);
}

TEST_F(CheckCommand, EveryCodeAndClassHasItsHelp) {
  const Ran topics = run_wye("help");
  EXPECT_EQ(topics.code, 0);
  for (const config::CodeInfo& row : config::codes()) {
    const std::string code = config::format_code(row.code);
    EXPECT_NE(topics.out.find(code), std::string::npos) << code;
    EXPECT_NE(config::explain(row.code).find(row.title), std::string::npos) << code;
  }
  EXPECT_EQ(run_wye("help WYE1606").code, 0);
  EXPECT_EQ(run_wye("help WYE9999").code, 2);
  for (int i = 0; i < fault_kind_count; ++i) {
    const std::string_view name = traits(static_cast<FaultKind>(i)).name;
    EXPECT_NE(topics.out.find(name), std::string::npos) << name;
  }
}

TEST_F(CheckCommand, EveryVerbHasItsHelpByEitherName) {
  for (const std::string verb : {"serve", "check", "status", "why", "drill", "help"}) {
    const Ran help = run_wye("help " + verb);
    EXPECT_EQ(help.code, 0) << help.out;
    EXPECT_EQ(help.out, run_wye(verb + " --help").out);
  }
  for (const std::string verb : {"serve", "check", "status", "why", "drill"})
    EXPECT_NE(run_wye("help " + verb).out.find("$WYE_CONFIG"), std::string::npos) << verb;
  EXPECT_EQ(run_wye("--version").out, run_wye("version").out);
}

TEST_F(CheckCommand, WithoutAFileSaysHowToGetOne) {
  const std::string hint =
      "cannot read wye.yaml: No such file or directory; `wye init` writes one\n";
  for (const std::string words : {"serve", "check", "check --fix", "drill outage sim"}) {
    const Ran ran =
        run_command("cd " + folder_.string() + " && unset WYE_CONFIG && \"$WYE_BINARY\" " + words);
    EXPECT_EQ(ran.code, 3) << words;
    EXPECT_EQ(ran.out, hint) << words;
  }
  EXPECT_NE(run_wye("check " + path()).out.find("`wye init --output " + path() + "` writes one"),
            std::string::npos);
}

TEST_F(CheckCommand, StatusTakesTheFileAsItsArgumentToo) {
  write("version: 1\nserver: { admin_listen: \"127.0.0.1:2\" }\n");
  const Ran ran = run_wye("status " + path());
  EXPECT_EQ(ran.code, 5) << ran.out;
  EXPECT_NE(ran.out.find("no wye answers at 127.0.0.1:2"), std::string::npos) << ran.out;
}

TEST_F(CheckCommand, EveryVerbIsCompleted) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Ran script = run_wye("completion " + shell);
    EXPECT_EQ(script.code, 0);
    for (const std::string_view word : {"serve", "check", "why", "drill", "online"})
      EXPECT_NE(script.out.find(word), std::string::npos) << shell << " " << word;
  }
  EXPECT_EQ(run_wye("completion tcsh").code, 2);
}

}  // namespace
}  // namespace wye
