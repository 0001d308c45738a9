#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <deque>

namespace wye {
namespace {

class CliVerb final : public Verb {
 public:
  CliVerb(CLI::App& app, ExitCode& exit_code) : app_(app), exit_code_(exit_code) {}

  Verb& value(const std::string& name, std::string& into, const std::string& help) override {
    return add(name, into, help);
  }
  Verb& value(const std::string& name, std::uint16_t& into, const std::string& help) override {
    return add(name, into, help);
  }
  Verb& value(const std::string& name, std::uint64_t& into, const std::string& help) override {
    return add(name, into, help);
  }
  Verb& value(const std::string& name, std::int64_t& into, const std::string& help) override {
    return add(name, into, help);
  }
  Verb& value(const std::string& name, double& into, const std::string& help) override {
    return add(name, into, help);
  }
  Verb& choice(const std::string& name, std::string& into, std::initializer_list<std::string> words,
               const std::string& help) override {
    app_.add_option(name, into, help)
        ->check(CLI::IsMember(std::vector<std::string>(words)))
        ->capture_default_str();
    return *this;
  }
  Verb& flag(const std::string& name, bool& into, const std::string& help) override {
    app_.add_flag(name, into, help);
    return *this;
  }
  Verb& examples(const std::string& text) override {
    app_.footer("Examples:\n" + text);
    return *this;
  }
  void run(std::function<ExitCode()> action) override {
    app_.callback([this, action = std::move(action)] { exit_code_ = action(); });
  }

 private:
  template <class T>
  Verb& add(const std::string& name, T& into, const std::string& help) {
    app_.add_option(name, into, help)->capture_default_str();
    return *this;
  }

  CLI::App& app_;
  ExitCode& exit_code_;
};

class CliCommandLine final : public CommandLine {
 public:
  CliCommandLine(const std::string& name, const std::string& help, const std::string& footer)
      : app_(help, name) {
    app_.require_subcommand(1);
    app_.footer(footer);
  }

  Verb& verb(const std::string& name, const std::string& help) override {
    return verbs_.emplace_back(*app_.add_subcommand(name, help), exit_code_);
  }

  std::map<std::string, std::string> verbs() const override {
    std::map<std::string, std::string> verbs;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      std::string options;
      for (const CLI::Option* option : command->get_options()) {
        for (const std::string& name : option->get_lnames()) options += " --" + name;
      }
      verbs[command->get_name()] = options;
    }
    return verbs;
  }

  ExitCode parse(int argc, char** argv) override {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      app_.exit(error);
      return error.get_exit_code() == 0 ? ExitCode::ok : ExitCode::usage;
    }
    return exit_code_;
  }

 private:
  CLI::App app_;
  std::deque<CliVerb> verbs_;  // stable addresses
  ExitCode exit_code_ = ExitCode::ok;
};

}  // namespace

std::unique_ptr<CommandLine> make_command_line(const std::string& name, const std::string& help,
                                               const std::string& footer) {
  return std::make_unique<CliCommandLine>(name, help, footer);
}

}  // namespace wye
