// Signals: turns signals into calls on the main loop. A handler may do next to nothing, so it
// writes to an eventfd that the loop's reactor watches.
//
// Belongs to one loop; of the whole process one loop alone may have signals.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/reactor.h"

namespace wye {

class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // From now on `action` is called for the signal; in place of an earlier one. Signals of one
  // number that come together are one call.
  void on(Reactor& reactor, int signal, std::function<void()> action);

 private:
  class Source;
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace wye
