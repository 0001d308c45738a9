// Words for what ended an operation on a stream. Pure, any thread.
#include "io/stream.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace wye {

std::string describe(const IoResult& result) {
  switch (result.status) {
    case IoStatus::ok: return "done";
    case IoStatus::closed: return "connection closed by peer";
    case IoStatus::timed_out: return "timed out";
    case IoStatus::reset: return "connection reset by peer";
    case IoStatus::failed: break;
  }
  if (result.error == 0) return "connection failed";
  std::string text = std::generic_category().message(result.error);
  // The C library writes "Connection refused"; inside a sentence it begins small.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace wye
