// Web search: the search that a provider runs itself, as each vendor spells it. A tool that no
// vendor shares keeps its raw form only. Internal to this room; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/content.h"
#include "wire/json.h"

namespace wye {

// The name by which a search that goes nowhere is told.
inline constexpr std::string_view search_name = "tools.web_search";

// What a tool (of OpenAI's Responses, of Anthropic) or a member of one (Gemini's googleSearch) asks
// for, if its name is that of a search; `json` is the object with the settings.
std::optional<WebSearch> read_web_search(std::string_view name, std::string_view json);

// Each writes the search as one value; settings that the vendor lacks are added to `dropped`.
// {"type": "web_search", ...}
void write_responses_search(JsonWriter& json, const WebSearch& search,
                            std::vector<std::string>& dropped);
// {"type": "web_search_20250305", "name": "web_search", ...}
void write_anthropic_search(JsonWriter& json, const WebSearch& search,
                            std::vector<std::string>& dropped);
// The value of "googleSearch".
void write_gemini_search(JsonWriter& json, const WebSearch& search, bool vertex,
                         std::vector<std::string>& dropped);
// The value of "web_search_options".
void write_chat_search(JsonWriter& json, const WebSearch& search,
                       std::vector<std::string>& dropped);

}  // namespace wye
