// Bedrock: the functions of the Converse dialect of AWS Bedrock, which is only spoken to providers:
// no client of ours speaks it, so there is nothing to read asks, write answers or splice with.
// dialect.h says what each function does; table.cc lists them. Internal to this room.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::bedrock {

// The tool that a model without structured output is made to answer with: its arguments are the
// answer. The name is ours alone, so that the answer can be told from a call of the client's tools.
inline constexpr std::string_view answer_tool = "wye_answer";

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider);
Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider& provider);
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider);
std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider& provider);
Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now);

}  // namespace wye::bedrock
