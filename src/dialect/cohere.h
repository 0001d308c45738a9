// Cohere: the functions of Cohere's dialect, version 2: chat, embed, rerank. dialect.h says what
// each does. Internal to this room.
//
// The provider's base address ends in /v2.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::cohere {

std::string_view stream_content_type(const Ask& ask);
Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body);
Result<Content> read_content(JsonReader& reader, const Ask& ask);
std::string write_answer(const Answer& answer, const Ask& ask);
std::unique_ptr<StreamWriter> open_writer(const Ask& ask);
std::string write_fault(const Fault& fault, std::string_view request_id, const Ask& ask);
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask& ask);

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

std::string_view path_of(Endpoint endpoint);

inline constexpr std::string_view own_name = "cohere";  // as a signature's maker

}  // namespace wye::cohere
