#include <fmt/core.h>

#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "base/fault.h"
#include "config/codes.h"

namespace wye {
namespace {

void print_topics() {
  fmt::print("wye help COMMAND      what `wye COMMAND --help` prints\n");
  fmt::print("wye help CODE         a diagnostic of `wye check`, as in WYE1102\n");
  fmt::print("wye help CLASS        a class of failure, as in rate_limit\n\nCodes:\n");
  for (const config::CodeInfo& code : config::codes()) {
    fmt::print("  {}  {:<8} {}\n", config::format_code(code.code), to_string(code.severity),
               code.title);
  }
  fmt::print("\nClasses of failure:\n");
  for (int i = 0; i < fault_kind_count; ++i) {
    const FaultTraits& row = traits(static_cast<FaultKind>(i));
    fmt::print("  {:<19} {}\n", row.name, row.sentence);
  }
}

void print_class(const FaultTraits& row) {
  fmt::print("{}: {}\n", row.name, row.sentence);
  fmt::print("  whose fault                    {}\n", to_string(row.whose));
  fmt::print("  status for the client          {}\n", row.status);
  fmt::print("  tried again in the same place  {}\n", row.retry_same ? "yes" : "no");
  fmt::print("  another deployment may help    {}\n", row.helps_elsewhere ? "yes" : "no");
  fmt::print("  counts for circuit breakers    {}\n", row.hurts_health ? "yes" : "no");
}

ExitCode help(const CommandLine& line, const std::string& topic) {
  if (topic.empty()) {
    print_topics();
    return ExitCode::ok;
  }
  if (const auto code = config::parse_code(topic)) {
    fmt::print("{}", config::explain(*code));
    return ExitCode::ok;
  }
  if (const auto kind = fault_kind_from(topic)) {
    print_class(traits(*kind));
    return ExitCode::ok;
  }
  if (const std::string text = line.help(topic); !text.empty()) {
    fmt::print("{}", text);
    return ExitCode::ok;
  }
  fmt::print(stderr, "there is no help on {}; `wye help` lists all topics\n", topic);
  return ExitCode::usage;
}

}  // namespace

void add_help(CommandLine& line) {
  auto topic = std::make_shared<std::string>();
  line.verb("help", "Explain a command, a diagnostic code or a class of failure")
      .value("topic", *topic, "a command (serve), a code (WYE1102) or a class (rate_limit)")
      .run([topic, &line] { return help(line, *topic); });
}

}  // namespace wye
