// Replace file: a file's new content in one step, so that whoever reads it sees the old or the new
// one and never half of either.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

// Writes beside the file and renames; keeps its mode, and follows a symbolic link to what is
// replaced. Faults: config, when it cannot be written, or no longer holds `expected`.
Result<void> replace_file(const std::string& path, std::string_view expected,
                          std::string_view text);

}  // namespace wye
