// Part forms: what dialects with JSON parts need to take messages apart and put them together
// again: words of `form`, members kept under the name of the object they stood in, data: URLs.
// Internal to this room; pure.
#pragma once

#include <string>
#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye::forms {

// Between the names of an object within and of its member; no key of anybody's has it.
inline constexpr char nested_mark = '\x1f';

// `form` is a list of words with spaces between.
bool has_word(std::string_view form, std::string_view word);
void add_word(std::string& form, std::string_view word);

// Puts a text member into `out`; false when it is no text.
bool take_text(walk::Member& member, std::string& out);
// Keeps a member of an object within.
void keep_in(Extra& extra, std::string_view object, walk::Member& member);

// Writes the members that stood in the value itself, or those of one object within it.
void write_extra(JsonWriter& json, const Extra& extra);
void write_extra(JsonWriter& json, const Extra& extra, std::string_view object);
bool has_extra(const Extra& extra, std::string_view object);

// "data:image/png;base64,AAAA" taken apart; other addresses are kept whole.
void set_url(Media& media, std::string_view url);
std::string url_of(const Media& media);

}  // namespace wye::forms
