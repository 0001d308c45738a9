// Client: sends one ask over the simulated network with its habits (leaves, reads slowly) and keeps
// every byte that came back. One coroutine an ask, on the client's world.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/http_client.h"
#include "io/sim_world.h"
#include "sim/scenario.h"

namespace wye::sim {

struct Received {
  bool finished = false;  // the client is done with it, one way or the other
  bool left = false;      // by its own will, before the end
  int status = 0;         // 0: no answer began
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;        // framing removed
  bool clean_end = false;  // the body ended as HTTP says it must
  std::string trouble;     // why there was no answer or no end
  MonoUs began_us = 0;
  MonoUs ended_us = 0;

  // The first of this name in any case, "" when there is none; a view into `headers`.
  std::string_view header(std::string_view name) const;
};

// The headers that tell whose request it is; the second one travels on to providers.
std::string client_id_of(int number);
std::string trace_of(int number);
// The number in a header like those, -1 when it is not one of ours.
int number_of(std::string_view header);

std::string body_of(const AskPlan& ask);
// `ask` and `received` outlive it.
Async<void> send_ask(SimWorld& world, HttpClient& client, std::string host, const AskPlan& ask,
                     Received& received);

inline constexpr std::uint16_t gateway_port = 8080;
inline constexpr std::string_view client_key = "sim-key";

}  // namespace wye::sim
