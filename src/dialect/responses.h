// Responses: the functions of OpenAI's Responses dialect, which xAI, OpenRouter, DeepSeek and
// others speak too. dialect.h says what each does; table.cc lists them. Internal to this room.
//
// The dialect is served without state: what refers to something that a provider keeps (an earlier
// response, a conversation, a stored prompt) passes only between a client and a provider that both
// speak it, and read_content, which is called for all others, refuses it. Where a task wants zero
// data retention, a conversation passes to nobody.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"

namespace wye::responses {

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body);
// For a provider of another dialect: refuses what only a Responses provider can do.
Result<Content> read_content(JsonReader& reader, const Ask& ask);
// The same without that check, for a provider of this dialect.
Result<Content> read_own_content(JsonReader& reader, const Ask& ask);
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

// Below the provider's base path.
std::string path_of(const Provider& provider);

// Whose signatures this dialect can read.
inline constexpr std::string_view own_name = "openai_responses";
// Items that the gateway made up begin with these: no provider keeps them, so none may be asked to
// look them up.
inline constexpr std::string_view made_reasoning = "rs_wye_";
inline constexpr std::string_view made_message = "msg_wye_";
inline constexpr std::string_view made_call = "fc_wye_";
inline constexpr std::string_view made_response = "resp_wye_";

}  // namespace wye::responses
