// wye: a policy-driven LLM gateway. This file reads like a table of contents: one line a command, each
// in its own file under commands/.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/commands/commands.h"
#include "app/exit_code.h"

int main(int argc, char** argv) {
  // Bodies of some 100 KB come and go with every request; without this each of them would be mapped
  // and unmapped by the kernel.
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);

  CLI::App app{"wye sends each LLM request to the best provider by your rules, and can say why.", "wye"};
  app.require_subcommand(1);
  app.footer("Start with:  wye init && wye serve      More: wye COMMAND --help, wye help WYE1102");

  wye::ExitCode exit_code = wye::ExitCode::ok;
  wye::add_serve(app, exit_code);
  wye::add_init(app, exit_code);
  wye::add_check(app, exit_code);
  wye::add_why(app, exit_code);
  wye::add_sim(app, exit_code);
  wye::add_schema(app, exit_code);
  wye::add_catalog(app, exit_code);
  wye::add_help(app, exit_code);
  wye::add_completion(app, exit_code);
  wye::add_version(app, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error);
    return static_cast<int>(asked_for_help ? wye::ExitCode::ok : wye::ExitCode::usage);
  }
  return static_cast<int>(exit_code);
}
