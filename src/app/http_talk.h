// Http talk: one request to a server on this machine, for commands, on a loop of the caller's.
#pragma once

#include <string>
#include <string_view>

#include "app/http_get.h"
#include "io/http_client.h"
#include "io/world.h"

namespace wye {

struct HttpWords {
  std::string_view method = "GET";
  std::string path;
  std::string head_lines = {};  // finished; beside host, framing and connection
  std::string body = {};
};

// Plain HTTP. Faults: outage, ttft, timeout or cut, when the server cannot be reached or does not
// answer by `deadline`.
Async<Result<HttpPage>> http_talk(World& world, HttpClient& client, const Peer& peer,
                                  HttpWords words, MonoUs deadline);

}  // namespace wye
