// Provider simulator: what it answers to a request that it lets in. See provider_sim.h.
#include <fmt/format.h>

#include <utility>

#include "lab/provider_sim.h"
#include "lab/sim_embeddings.h"
#include "wire/json.h"

namespace wye {
namespace {

// The names of ids differ, and some clients look at them.
std::string_view answer_id_prefix(DialectId dialect) {
  switch (dialect) {
    case DialectId::openai: return "chatcmpl-";
    case DialectId::openai_responses: return "resp_";
    case DialectId::anthropic: return "msg_";
    default: return "sim-";
  }
}

}  // namespace

Async<void> ProviderSim::chat(Visit& visit) {
  const Content& content = visit.asked.content;
  const std::optional<SimFault>& fault = visit.delivery.fault;
  const bool call_a_tool = fault && fault->kind == SimFaultKind::cut_arguments;
  SimChat made = answer_chat(content, visit.prompt, *visit.model, config_.seed, call_a_tool);
  made.id = random_id(answer_id_prefix(visit.dialect()));
  made.created = world_.now_ms() / 1'000;
  if (const auto refused = obstruct(visit, made.tokens_asked_max))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  if (fault) spoil(made, fault->kind, visit.dialect());
  const SimVoice voice(visit.dialect(), visit.asked.ask, made);
  if (visit.asked.ask.facts.stream) co_return co_await deliver_stream(visit.delivery, made, voice);
  const std::string body = voice.whole();
  co_await deliver_whole(visit.delivery, body, made.completion_tokens(), voice.error_body());
}

Async<void> ProviderSim::embeddings(Visit& visit) {
  visit.input_tokens = 0;
  const auto made = answer_embeddings(visit.asked.content, visit.input_tokens);
  if (!made)
    co_return co_await deliver_refusal(visit.delivery,
                                       refusal_of_request(visit.dialect(), made.error().message));
  if (const auto refused = obstruct(visit, visit.input_tokens))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  const Dialect& dialect = *dialect_of(visit.dialect());
  const std::string body = dialect.write_answer(*made, visit.asked.ask);
  const SimWords trouble = words_of(visit.dialect(), SimFaultKind::status_500, {});
  co_await deliver_whole(visit.delivery, body, 0, write_error(visit.dialect(), trouble, -1));
}

Async<void> ProviderSim::count_tokens(Visit& visit) {
  if (const auto refused = obstruct(visit, 0))
    co_return co_await deliver_refusal(visit.delivery, *refused);
  Answer counted;
  counted.origin = visit.dialect();
  counted.endpoint = Endpoint::count_tokens;
  counted.usage.input = visit.input_tokens;
  const std::string body = dialect_of(visit.dialect())->write_answer(counted, visit.asked.ask);
  co_await deliver_whole(visit.delivery, body, 0, body);
}

Async<void> ProviderSim::models(Visit& visit, std::string_view path) {
  const auto write_model = [](JsonWriter& json, std::string_view name) {
    json.begin_object().field("id", name).field("object", "model").field("created", 1'750'000'000);
    json.field("owned_by", "wye-sim").end_object();
  };
  std::string out;
  JsonWriter json(out);
  const auto one = path.rfind("/models/");
  if (one != std::string_view::npos) {
    const std::string_view name = path.substr(one + 8);
    if (find_sim_model(config_.models, name) == nullptr) {
      const SimWords words = words_of(DialectId::openai, SimFaultKind::model_gone, {.model = name});
      co_return co_await deliver_refusal(visit.delivery, refusal_of(DialectId::openai, words));
    }
    write_model(json, name);
  } else {
    json.begin_object().field("object", "list").key("data").begin_array();
    for (const SimModel& model : config_.models)
      if (!model.name.ends_with('*')) write_model(json, model.name);
    json.end_array().end_object();
  }
  co_await deliver_whole(visit.delivery, out, 0, out);
}

}  // namespace wye
