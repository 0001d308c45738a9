// FileWatch: tells when a file has new content, however it was put there: written in place, renamed
// over, or reached through symbolic links that were swapped, as Kubernetes does with ConfigMaps.
//
// Belongs to one loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/loop_core.h"

namespace wye {

class FileWatch {
 public:
  virtual ~FileWatch() = default;
};

Result<std::unique_ptr<FileWatch>> watch_file(LoopCore& core, const std::string& path,
                                              std::function<void()> action);

}  // namespace wye
