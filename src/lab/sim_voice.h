// Sim voice: answers of the simulated provider in the format of the vendor that it plays: whole, as
// a stream, and the ways in which such a stream goes wrong. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/dialect.h"
#include "lab/sim_chat.h"
#include "lab/sim_fault.h"

namespace wye {

class SimVoice {
 public:
  // All three outlive the voice.
  SimVoice(DialectId dialect, const Ask& ask, const SimChat& chat)
      : dialect_(dialect), ask_(ask), chat_(chat) {}

  std::string whole() const;

  std::string_view stream_type() const;  // its content type
  std::unique_ptr<StreamWriter> open_writer() const;
  Delta delta_of(const SimStep& step) const;
  // How many bytes of what a writer's finish() wrote come before the end of the stream.
  std::size_t before_end(std::string_view finished) const;
  // An event that is none; what comes after it is right again. `first`: nothing was sent before it.
  std::string broken_event(bool first) const;
  // The provider gives up inside a stream.
  std::string error_event(bool first) const;
  // The same as a whole answer.
  std::string error_body() const;

 private:
  DialectId dialect_;
  const Ask& ask_;
  const SimChat& chat_;
};

}  // namespace wye
