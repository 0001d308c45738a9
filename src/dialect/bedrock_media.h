// Bedrock media: what Converse calls the formats of images, documents and sounds, and which names
// documents may have. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"

namespace wye::bedrock {

// "" when Converse has no such format.
std::string_view image_format(const Media& media);
std::string_view document_format(const Document& document);
std::string_view audio_format(const Audio& audio);

// Letters, digits, single spaces, hyphens, brackets and parentheses, at most 180 bytes: what
// Converse allows, less the room for a number that makes a name unique. "" when nothing is left.
std::string allowed_name(std::string_view name);

}  // namespace wye::bedrock
