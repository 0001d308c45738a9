#include "io/thread_name.h"

#include <sys/prctl.h>

namespace wye {

void name_thread(const std::string& name) { ::prctl(PR_SET_NAME, name.substr(0, 15).c_str()); }

}  // namespace wye
