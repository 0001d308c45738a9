// Take: typed reads of members that say whether they succeeded, for readers that keep raw whatever
// is not of the type that they expect. Extra members of objects within are kept by a name of both.
// Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"
#include "wire/json.h"

namespace wye::take {

// Each returns false, and leaves `out` empty, when the member is of another type.
bool text(walk::Member& member, std::string& out);
bool number(walk::Member& member, std::optional<double>& out);
bool integer(walk::Member& member, std::optional<std::int64_t>& out);
bool flag(walk::Member& member, std::optional<bool>& out);
// An array of nothing but strings.
bool texts(walk::Member& member, std::vector<std::string>& out);

// Stands between the names of the outer and the inner member; no key of anybody's has it.
inline constexpr char within = '\x1f';
void keep_in(Extra& extra, std::string_view object, walk::Member& member);
// The members that stand directly in the object, and those within one of its objects.
void write_extra(JsonWriter& json, const Extra& extra);
void write_extra(JsonWriter& json, const Extra& extra, std::string_view object);
bool has_extra(const Extra& extra, std::string_view object);

// Words of a `form`, separated by spaces.
bool has_word(std::string_view form, std::string_view word);
void add_word(std::string& form, std::string_view word);

}  // namespace wye::take
