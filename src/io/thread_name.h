// The name under which `top -H`, perf and core files show a thread.
#pragma once

#include <string>

namespace wye {

// Of the calling thread; the kernel keeps fifteen bytes. The main thread keeps the program's name,
// by which the process is found.
void name_thread(const std::string& name);

}  // namespace wye
