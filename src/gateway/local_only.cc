#include "gateway/local_only.h"

#include <string>

#include "gateway/browser_guard.h"

namespace wye {

Result<void> refuse_strangers(const HttpRequest& request, std::string_view listen_host,
                              std::string_view what) {
  if (!request.stream.peer_is_loopback()) {
    return fail(FaultKind::forbidden, std::string(what) + " answer this machine only");
  }
  return refuse_foreign_pages(request.head.headers, listen_host);
}

}  // namespace wye
