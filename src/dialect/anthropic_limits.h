// Anthropic limits: what a request of another dialect asks for that Messages cannot do. Internal to
// this room.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/content.h"
#include "core/deployment.h"

namespace wye::anthropic {

// A fault where leaving it out would change what is asked: sound, several answers, files that lie
// at another provider.
Result<void> check_possible(const Content& content, const Deployment& deployment);

// The other members that have no place here, by their names at the client.
std::vector<std::string> without_place(const Content& content);

}  // namespace wye::anthropic
