// Open files: how many this process may have, and how many clients that is enough for.
#pragma once

#include <cstddef>

namespace wye {

// Raises the limit of open files as far as this process may; gives what it is then.
std::size_t raise_open_files();

// How many client connections so many files are enough for: each may have one upstream, and some
// are kept for the store and the rest. At least 1.
std::size_t connections_within(std::size_t files);

}  // namespace wye
