// Sim OpenAI: the answers of OpenAI's chat completions with every field that strict clients of it
// want to see; wye's own writer leaves out what may be left out. Pure.
#pragma once

#include <memory>
#include <string>

#include "dialect/dialect.h"
#include "lab/sim_chat.h"

namespace wye::sim_openai {

// The body of a whole answer.
std::string write_answer(const SimChat& chat);
// `chat` outlives the writer.
std::unique_ptr<StreamWriter> open_writer(const SimChat& chat, bool include_usage);

}  // namespace wye::sim_openai
