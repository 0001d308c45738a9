// Reserved: members of a body in OpenAI's two dialects that are not the client's to say, because
// the policy has promised otherwise: who serves a request in the end, and whether anything of it is
// kept. Internal to this room; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ask.h"
#include "core/content.h"
#include "core/deployment.h"

namespace wye {

// Whether the provider sends requests on to others, which a member of a body may choose.
bool sends_on(const Provider& provider);
// Whether a body's member chooses who serves it, or sends it to somebody else besides.
bool is_destination(std::string_view member);

// Whether a body names who is to serve it to a provider that would heed that.
inline bool names_destination(const Ask& ask, const Provider& provider) {
  return ask.chooses_destination && sends_on(provider);
}

// The member by which a client says whether its provider shall keep the answer.
inline constexpr std::string_view store_member = "store";
// Whether a value of it asks for that; null leaves it to the provider.
bool asks_to_store(std::string_view json);

// Notes that a body has this member, where it is one of the reserved.
void note_reserved(std::string_view member, Ask& ask);

// What of the members that the hub has no word for the provider may be told. `dropped` gets the
// names of what it may not. Where nothing may be kept, `store` is left to the writer.
Extra permitted(const Extra& extra, const Ask& ask, const Provider& provider,
                std::vector<std::string>& dropped);

}  // namespace wye
