// Anthropic write ask: a request made anew from its content, for whoever cannot be sent the
// client's own bytes. Pure.
#include <algorithm>

#include "dialect/anthropic.h"
#include "dialect/anthropic_limits.h"
#include "dialect/anthropic_target.h"
#include "dialect/anthropic_write.h"
#include "dialect/reserved.h"

namespace wye::anthropic {
namespace {

bool has_system_among_messages(const Content& content) {
  return std::any_of(content.messages.begin(), content.messages.end(), [](const Message& each) {
    return each.role == Role::system && !has_word(each.form, "top");
  });
}

}  // namespace

Result<ProviderRequest> write_ask(const Content& content, const Ask& ask,
                                  const Deployment& deployment, const Provider& provider) {
  const bool own = content.origin == DialectId::anthropic;
  ProviderRequest request;
  if (!own) {
    if (Result<void> fine = check_possible(content, deployment); !fine) return fail(fine.error());
    request.dropped = without_place(content);
  }
  address(request, ask, deployment, provider, own && has_system_among_messages(content));
  std::string& body = request.owned.emplace_back();
  body.reserve(ask.body.size() + 256);
  JsonWriter json(body);
  json.begin_object();
  if (!model_in_path(content.endpoint, provider)) json.field("model", deployment.model);
  if (provider.hosting == Hosting::vertex) json.field("anthropic_version", vertex_version);
  if (own) {
    write_own_body(json, content, permitted(content.extra, ask, provider, request.dropped));
  } else {
    write_foreign_body(json, content, deployment, request.dropped);
  }
  json.end_object();
  request.body.push_back(body);
  request.body_bytes = body.size();
  return request;
}

}  // namespace wye::anthropic
