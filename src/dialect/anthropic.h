// Anthropic: the functions of the Messages dialect: /v1/messages and /v1/messages/count_tokens, at
// Anthropic itself, on Vertex, and at everybody who copied the API. dialect.h says what each does;
// table.cc lists them. Internal to this room.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::anthropic {

std::string_view stream_content_type(const Ask& ask);
Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body);
Result<Content> read_content(JsonReader& reader, const Ask& ask);
std::string write_answer(const Answer& answer, const Ask& ask);
std::unique_ptr<StreamWriter> open_writer(const Ask& ask);
std::string write_fault(const Fault& fault, std::string_view request_id, const Ask& ask);
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask& ask);

bool can_splice(const Ask& ask, const Provider& provider);
ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning);
Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider);
Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider& provider);
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider);
std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider& provider);
Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now);

}  // namespace wye::anthropic
