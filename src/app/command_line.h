// Command line: verbs with options, declared by each command and parsed in one place. The library
// behind it is seen by command_line.cc alone, because its header takes longer to compile than all
// commands together.
//
// Values are written while parse() runs, before the verb's own function is called. Main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>

#include "app/exit_code.h"

namespace wye {

// One verb. Names are as written: "-c,--config"; positional ones without dashes. The variables must
// live until the verb has run; commands keep them in a shared_ptr that their function holds, too.
class Verb {
 public:
  virtual ~Verb() = default;
  virtual Verb& value(const std::string& name, std::string& into, const std::string& help) = 0;
  virtual Verb& value(const std::string& name, std::uint16_t& into, const std::string& help) = 0;
  virtual Verb& value(const std::string& name, std::uint64_t& into, const std::string& help) = 0;
  virtual Verb& value(const std::string& name, std::int64_t& into, const std::string& help) = 0;
  virtual Verb& value(const std::string& name, double& into, const std::string& help) = 0;
  virtual Verb& choice(const std::string& name, std::string& into,
                       std::initializer_list<std::string> words, const std::string& help) = 0;
  virtual Verb& flag(const std::string& name, bool& into, const std::string& help) = 0;
  // Lines under "Examples:" of the verb's help.
  virtual Verb& examples(const std::string& text) = 0;
  virtual void run(std::function<ExitCode()> action) = 0;
};

class CommandLine {
 public:
  virtual ~CommandLine() = default;
  virtual Verb& verb(const std::string& name, const std::string& help) = 0;
  // Every verb with its long options ("--json --config"), for completion scripts.
  virtual std::map<std::string, std::string> verbs() const = 0;
  // What `wye VERB --help` prints; "" when there is no such verb.
  virtual std::string help(const std::string& verb) const = 0;
  // What --version prints, without its end of line.
  virtual void version(const std::string& text) = 0;
  virtual ExitCode parse(int argc, char** argv) = 0;
};

std::unique_ptr<CommandLine> make_command_line(const std::string& name, const std::string& help,
                                               const std::string& footer);

}  // namespace wye
