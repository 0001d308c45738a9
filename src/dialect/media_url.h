// Media url: "data:" addresses taken apart and put together, and the type of an image that came
// without one. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"

namespace wye {

// "data:image/png;base64,AAAA" taken apart; other addresses are kept whole.
void set_url(Media& media, std::string_view url);
Media media_from_url(std::string_view url);
// The address that stands for it: a data URL when the bytes are there.
std::string url_of_media(const Media& media);
// By the first bytes; "" when they are those of no image that providers know.
std::string_view image_type_of(std::string_view base64);

}  // namespace wye
