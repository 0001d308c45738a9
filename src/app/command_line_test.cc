#include "app/command_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace wye {
namespace {

struct Parsed {
  ExitCode code;
  std::string said;     // on stderr
  std::string printed;  // on stdout
};

Parsed parse(std::vector<std::string> words) {
  const auto line = make_command_line("wye", "help", "");
  line->version("wye 1.2.3");
  std::string config;
  line->verb("serve", "serves").value("-c,--config", config, "file").run([] {
    return ExitCode::ok;
  });
  line->verb("check", "checks").run([] { return ExitCode::ok; });
  words.insert(words.begin(), "wye");
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const ExitCode code = line->parse(static_cast<int>(arguments.size()), arguments.data());
  std::string said = testing::internal::GetCapturedStderr();
  return {code, std::move(said), testing::internal::GetCapturedStdout()};
}

TEST(CommandLine, WhatIsMisspelledIsGuessed) {
  const Parsed verb = parse({"chek"});
  EXPECT_EQ(verb.code, ExitCode::usage);
  EXPECT_NE(verb.said.find("Did you mean wye check?"), std::string::npos) << verb.said;
  const Parsed option = parse({"serve", "--confg", "x"});
  EXPECT_EQ(option.code, ExitCode::usage);
  EXPECT_NE(option.said.find("Did you mean --config?"), std::string::npos) << option.said;
}

TEST(CommandLine, NothingIsGuessedWhereNothingIsNear) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"elephants"}, {"serve", "--elephants"}, {"serve", "x"}}) {
    const Parsed parsed = parse(words);
    EXPECT_EQ(parsed.code, ExitCode::usage);
    EXPECT_EQ(parsed.said.find("Did you mean"), std::string::npos) << parsed.said;
  }
  EXPECT_EQ(parse({"serve", "--config=x"}).code, ExitCode::ok);
}

TEST(CommandLine, AnUnknownFirstWordIsNamed) {
  const Parsed near = parse({"chek"});
  EXPECT_EQ(near.said, "no command \"chek\"; `wye --help` lists all\nDid you mean wye check?\n");
  EXPECT_EQ(parse({"elephants"}).said, "no command \"elephants\"; `wye --help` lists all\n");
  EXPECT_EQ(parse({"--elephants"}).said, "no option \"--elephants\"; `wye --help` lists all\n");
}

TEST(CommandLine, WithoutWordsItListsTheCommands) {
  const Parsed parsed = parse({});
  EXPECT_EQ(parsed.code, ExitCode::usage);
  for (const char* part : {"serve", "serves", "check", "checks"})
    EXPECT_NE(parsed.said.find(part), std::string::npos) << parsed.said;
}

TEST(CommandLine, TellsItsVersion) {
  const Parsed parsed = parse({"--version"});
  EXPECT_EQ(parsed.code, ExitCode::ok);
  EXPECT_EQ(parsed.printed, "wye 1.2.3\n");
}

}  // namespace
}  // namespace wye
