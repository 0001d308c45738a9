// Where: a position in the configuration file, carried by everything that can refuse a request, so
// that an answer to "why" can name the line. Plain value.
#pragma once

namespace wye {

struct Where {
  int line = 0;    // 1-based; 0 means "built in, not from the file"
  int column = 0;  // 1-based
};

}  // namespace wye
