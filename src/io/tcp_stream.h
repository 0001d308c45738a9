// The plain TCP stream, and how a connected descriptor becomes one. Belongs to one loop.
#pragma once

#include <functional>
#include <memory>

#include "io/loop_core.h"
#include "io/socket.h"
#include "io/stream.h"

namespace wye {

std::unique_ptr<Stream> make_tcp_stream(SocketPtr socket);

}  // namespace wye
