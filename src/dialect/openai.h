// OpenAI: the functions of the chat completions and embeddings dialect, which is also that of every
// OpenAI-compatible provider. dialect.h says what each does; table.cc lists them. Internal to this
// room; relatives (Responses, Mistral's extras) may reuse the usage and fault readers.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::openai {

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body);
Result<Content> read_content(JsonReader& reader, const Ask& ask);
std::string write_answer(const Answer& answer, const Ask& ask);
std::unique_ptr<StreamWriter> open_writer(const Ask& ask);
std::string write_fault(const Fault& fault, std::string_view request_id, const Ask& ask);
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask& ask);

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning);
bool can_splice(const Ask& ask, const Provider& provider);
Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider);
Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider& provider);
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider);
std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider& provider);
Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now);

// Below the provider's base address.
std::string path_of(Endpoint endpoint, const Deployment& deployment, const Provider& provider);

}  // namespace wye::openai
