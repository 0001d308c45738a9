#include "app/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>

#include "base/text.h"

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
    for (const CLI::App* command : commands()) {
      std::string options;
      for (const CLI::Option* option : command->get_options()) {
        for (const std::string& name : option->get_lnames()) options += " --" + name;
      }
      verbs[command->get_name()] = options;
    }
    return verbs;
  }

  std::string help(const std::string& verb) const override {
    for (const CLI::App* command : commands()) {
      if (command->get_name() == verb) return command->help(app_.get_name());
    }
    return {};
  }

  void version(const std::string& text) override { app_.set_version_flag("--version", text); }

  ExitCode parse(int argc, char** argv) override {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() != 0) return explain(error, argc, argv);
      app_.exit(error);  // help or version were asked for
      return ExitCode::ok;
    }
    return exit_code_;
  }

 private:
  std::vector<const CLI::App*> commands() const {
    return app_.get_subcommands([](const CLI::App*) { return true; });
  }

  ExitCode explain(const CLI::ParseError& error, int argc, char** argv) const {
    if (argc < 2) {
      fmt::print(stderr, "{}", app_.help());
      return ExitCode::usage;
    }
    const std::string meant = meant_by(argc, argv);
    if (help(argv[1]).empty()) {
      const char* const noun = argv[1][0] == '-' ? "option" : "command";
      fmt::print(stderr, "no {} \"{}\"; `wye --help` lists all\n", noun, argv[1]);
    } else {
      app_.exit(error);
    }
    if (!meant.empty()) fmt::print(stderr, "Did you mean {}?\n", meant);
    return ExitCode::usage;
  }

  // The verb or option that is nearest to the first one that does not exist; "" when none is.
  std::string meant_by(int argc, char** argv) const {
    const std::map<std::string, std::string> known = verbs();
    if (argc < 2) return {};
    const auto verb = known.find(argv[1]);
    if (verb == known.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, options] : known) names.push_back(name);
      const std::string_view near = nearest(argv[1], names);
      return near.empty() ? std::string() : "wye " + std::string(near);
    }
    const std::vector<std::string_view> options = split(trim(verb->second), ' ');
    for (int i = 2; i < argc; ++i) {
      const std::string_view word = split(argv[i], '=').front();
      if (!word.starts_with("--") || word == "--help") continue;
      if (std::find(options.begin(), options.end(), word) == options.end()) {
        return std::string(nearest(word, options));
      }
    }
    return {};
  }

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
