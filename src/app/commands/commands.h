// Commands: each function adds one verb to the command line.
#pragma once

namespace wye {

class CommandLine;

void add_serve(CommandLine& line);
void add_init(CommandLine& line);
void add_check(CommandLine& line);
void add_why(CommandLine& line);
void add_drill(CommandLine& line);
void add_status(CommandLine& line);
void add_sim(CommandLine& line);
void add_schema(CommandLine& line);
void add_catalog(CommandLine& line);
void add_help(CommandLine& line);
void add_completion(CommandLine& line);
void add_version(CommandLine& line);

}  // namespace wye
