#include "app/admin_address.h"

#include "app/load_policy.h"
#include "wire/http1.h"

namespace wye {

Result<ListenAddress> admin_address(const std::string& named, const std::string& config_path) {
  if (!named.empty()) {
    const Result<Url> url = parse_url(named);
    if (!url || url->tls) {
      return fail(FaultKind::config, "--admin is no address like http://127.0.0.1:8081");
    }
    return ListenAddress{url->host, url->port};
  }
  Result<LoadedFile> loaded = load_policy_file(config_path, {});
  if (!loaded) {
    return fail(FaultKind::config,
                loaded.error().message + "; name the admin listener itself with --admin");
  }
  if (!loaded->result.rules) return fail(FaultKind::config, std::move(loaded->report));
  return loaded->result.rules->server.admin_listen;
}

}  // namespace wye
