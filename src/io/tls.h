// TLS to upstreams: contexts with their trust anchors, remembered sessions, and the stream. Chain
// and host name are always verified; nothing here can turn that off. Belongs to one loop.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "io/async.h"
#include "io/socket.h"
#include "io/world.h"

namespace wye {

class TlsClient {
 public:
  virtual ~TlsClient() = default;
  // Shakes hands over a connected socket. Faults: outage (in the words of the verifier), timeout.
  virtual Async<Result<std::unique_ptr<Stream>>> handshake(SocketPtr socket, Peer peer,
                                                           MonoUs deadline) = 0;
  // Reads trust files anew from now on, and resumes no session that was begun under the old ones.
  virtual void forget() = 0;
};
std::unique_ptr<TlsClient> make_tls_client();

}  // namespace wye
