// wye: a policy-driven LLM gateway. This file reads like a table of contents: one line a command,
// each in its own file under commands/.
#include "app/command_line.h"
#include "app/commands/commands.h"

int main(int argc, char** argv) {
  const auto line = wye::make_command_line(
      "wye", "wye sends each LLM request to the best provider by your rules, and can say why.",
      "Start with:  wye init && wye serve      More: wye COMMAND --help, wye help WYE1102");
  wye::add_serve(*line);
  wye::add_init(*line);
  wye::add_check(*line);
  wye::add_why(*line);
  wye::add_drill(*line);
  wye::add_status(*line);
  wye::add_sim(*line);
  wye::add_schema(*line);
  wye::add_catalog(*line);
  wye::add_help(*line);
  wye::add_completion(*line);
  wye::add_version(*line);
  return static_cast<int>(line->parse(argc, argv));
}
