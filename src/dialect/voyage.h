// Voyage: the functions of Voyage's dialect: embeddings and rerank for providers, rerank for
// clients in the shape that Jina and Voyage share. Nothing is streamed. dialect.h says what each
// does. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::voyage {

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body);
Result<Content> read_content(JsonReader& reader, const Ask& ask);
std::string write_answer(const Answer& answer, const Ask& ask);
std::string write_fault(const Fault& fault, std::string_view request_id, const Ask& ask);

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning);
Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider);
// False for rankings: those of Voyage are a "data" list, and half of the clients read "results".
bool passes_answer(const Ask& ask, const Provider& provider);
Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider& provider);
Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider& provider);
Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now);

}  // namespace wye::voyage
