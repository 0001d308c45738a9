// Call under way: a call to a provider, listed while an attempt waits for it, so that all of them
// can be given up when the gateway stops. Belongs to one loop.
#pragma once

#include "io/http_client.h"
#include "io/links.h"

namespace wye {

class CallUnderWay : public Links {
 public:
  CallUnderWay(Links& list, HttpCall& call) : call_(call) { join(list); }
  HttpCall& call() const { return call_; }

 private:
  HttpCall& call_;
};

// A call that is given up may end its attempt, and with it its place in the list, at once.
inline void give_up_all(Links& list) {
  Links calls;
  calls.take_all(list);
  while (!calls.alone()) {
    auto* under_way = static_cast<CallUnderWay*>(calls.next());
    under_way->leave();
    under_way->call().give_up();
  }
}

}  // namespace wye
