// Gateway places: where a command finds a gateway's admin listener and its store. They are wanted
// most when the file on disk is broken and the gateway goes on with the policy of before, so they
// are read from a file with errors, too; one line on stderr says that it has some.
#pragma once

#include <string>

#include "base/result.h"
#include "core/rules.h"

namespace wye {

// `named` as in http://127.0.0.1:8081; when it is "", the listener of the configuration. Faults:
// config.
Result<ListenAddress> admin_address(const std::string& named, const std::string& config_path);

// `named`, or when it is "", the store of the configuration; absolute. Faults: config, and store
// when the configuration's is not there.
Result<std::string> store_to_read(const std::string& named, const std::string& config_path);

}  // namespace wye
