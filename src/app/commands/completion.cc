#include <fmt/core.h>

#include <map>
#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"

namespace wye {
namespace {

std::string bash_script(const std::map<std::string, std::string>& verbs) {
  std::string names;
  std::string cases;
  for (const auto& [verb, options] : verbs) {
    names += " " + verb;
    cases += fmt::format("    {}) words=\"{}\" ;;\n", verb, options);
  }
  return fmt::format(
      "_wye() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{} --help\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  if [[ \"$current\" == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _wye wye\n",
      names, cases);
}

std::string zsh_script(const std::map<std::string, std::string>& verbs) {
  return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(verbs);
}

std::string fish_script(const std::map<std::string, std::string>& verbs) {
  std::string out;
  for (const auto& [verb, options] : verbs) {
    out += fmt::format("complete -c wye -n __fish_use_subcommand -f -a {}\n", verb);
    for (std::size_t at = 0; (at = options.find("--", at)) != std::string::npos; at += 2) {
      const std::size_t end = options.find(' ', at);
      out += fmt::format("complete -c wye -n '__fish_seen_subcommand_from {}' -l {}\n", verb,
                         options.substr(at + 2, end == std::string::npos ? end : end - at - 2));
    }
  }
  return out;
}

}  // namespace

void add_completion(CommandLine& line) {
  auto shell = std::make_shared<std::string>("bash");
  line.verb("completion", "Print the completion script of a shell")
      .examples("  wye completion bash > /etc/bash_completion.d/wye")
      .choice("shell", *shell, {"bash", "zsh", "fish"}, "which shell")
      .run([shell, &line] {
        const auto verbs = line.verbs();
        fmt::print("{}", *shell == "fish"  ? fish_script(verbs)
                         : *shell == "zsh" ? zsh_script(verbs)
                                           : bash_script(verbs));
        return ExitCode::ok;
      });
}

}  // namespace wye
