// Web search. Pure.
#include "dialect/web_search.h"

#include <algorithm>
#include <array>

#include "dialect/json_walk.h"
#include "dialect/take.h"
#include "dialect/writing.h"

namespace wye {
namespace {

constexpr std::array<std::string_view, 4> gemini_names{
    "googleSearch", "google_search", "googleSearchRetrieval", "google_search_retrieval"};

// "web_search", "web_search_preview", "web_search_20250305", "web_search_options": versions come
// and go.
bool is_search(std::string_view name) {
  const bool gemini =
      std::find(gemini_names.begin(), gemini_names.end(), name) != gemini_names.end();
  return gemini || name == "web_search" || name.starts_with("web_search_");
}

// No two vendors use one name for different things.
void read_member(walk::Member& member, WebSearch& search) {
  const std::string_view key = member.key;
  if (key == "search_context_size") return void(take::text(member, search.context_size));
  if (key == "max_uses") return void(take::integer(member, search.uses_max));
  if (key == "allowed_domains") return void(take::texts(member, search.allowed_domains));
  if (key == "blocked_domains" || key == "excluded_domains" || key == "excludeDomains" ||
      key == "exclude_domains") {
    return void(take::texts(member, search.blocked_domains));
  }
  if (key == "city") return void(take::text(member, search.city));
  if (key == "region") return void(take::text(member, search.region));
  if (key == "country") return void(take::text(member, search.country));
  if (key == "timezone") return void(take::text(member, search.timezone));
  if (key == "user_location" || key == "approximate" || key == "filters") {
    walk::members_if(member.value, [&](walk::Member& inner) { read_member(inner, search); });
  }
}

bool has_place(const WebSearch& search) {
  return !search.city.empty() || !search.region.empty() || !search.country.empty() ||
         !search.timezone.empty();
}

void write_text(JsonWriter& json, std::string_view name, const std::string& text) {
  if (!text.empty()) json.field(name, text);
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(name).begin_array();
  for (const std::string& each : texts) json.value(each);
  json.end_array();
}

void write_place(JsonWriter& json, const WebSearch& search) {
  write_text(json, "city", search.city);
  write_text(json, "region", search.region);
  write_text(json, "country", search.country);
  write_text(json, "timezone", search.timezone);
}

// `approximate`: in an object of that name, as the older of OpenAI's two has it.
void write_location(JsonWriter& json, const WebSearch& search, bool approximate) {
  if (!has_place(search)) return;
  json.key("user_location").begin_object().field("type", "approximate");
  if (approximate) json.key("approximate").begin_object();
  write_place(json, search);
  if (approximate) json.end_object();
  json.end_object();
}

void drop_if(bool given, std::string_view name, std::vector<std::string>& dropped) {
  if (given) add_dropped(dropped, name);
}

void drop_size(const WebSearch& search, std::vector<std::string>& dropped) {
  drop_if(!search.context_size.empty(), "tools.search_context_size", dropped);
}
void drop_uses(const WebSearch& search, std::vector<std::string>& dropped) {
  drop_if(search.uses_max.has_value(), "tools.max_uses", dropped);
}
void drop_allowed(const WebSearch& search, std::vector<std::string>& dropped) {
  drop_if(!search.allowed_domains.empty(), "tools.allowed_domains", dropped);
}
void drop_blocked(const WebSearch& search, std::vector<std::string>& dropped) {
  drop_if(!search.blocked_domains.empty(), "tools.blocked_domains", dropped);
}

}  // namespace

std::optional<WebSearch> read_web_search(std::string_view name, std::string_view json) {
  if (!is_search(name)) return std::nullopt;
  WebSearch search;
  std::string text(json);
  pad(text);
  JsonReader reader;
  const auto read = reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_member(member, search);
      return {};
    });
  });
  return read ? std::optional(std::move(search)) : std::nullopt;
}

void write_responses_search(JsonWriter& json, const WebSearch& search,
                            std::vector<std::string>& dropped) {
  json.begin_object().field("type", "web_search");
  write_text(json, "search_context_size", search.context_size);
  write_location(json, search, false);
  if (!search.allowed_domains.empty()) {
    json.key("filters").begin_object();
    write_texts(json, "allowed_domains", search.allowed_domains);
    json.end_object();
  }
  json.end_object();
  drop_uses(search, dropped);
  drop_blocked(search, dropped);
}

// Domains may be allowed or blocked, but not both.
void write_anthropic_search(JsonWriter& json, const WebSearch& search,
                            std::vector<std::string>& dropped) {
  json.begin_object().field("type", "web_search_20250305").field("name", "web_search");
  if (search.uses_max) json.field("max_uses", *search.uses_max);
  write_texts(json, "allowed_domains", search.allowed_domains);
  if (search.allowed_domains.empty()) {
    write_texts(json, "blocked_domains", search.blocked_domains);
  } else {
    drop_blocked(search, dropped);
  }
  write_location(json, search, false);
  json.end_object();
  drop_size(search, dropped);
}

void write_gemini_search(JsonWriter& json, const WebSearch& search, bool vertex,
                         std::vector<std::string>& dropped) {
  json.begin_object();
  if (vertex) write_texts(json, "excludeDomains", search.blocked_domains);
  json.end_object();
  if (!vertex) drop_blocked(search, dropped);
  drop_allowed(search, dropped);
  drop_size(search, dropped);
  drop_uses(search, dropped);
  drop_if(has_place(search), "tools.user_location", dropped);
}

void write_chat_search(JsonWriter& json, const WebSearch& search,
                       std::vector<std::string>& dropped) {
  json.begin_object();
  write_text(json, "search_context_size", search.context_size);
  write_location(json, search, true);
  json.end_object();
  drop_allowed(search, dropped);
  drop_blocked(search, dropped);
  drop_uses(search, dropped);
}

}  // namespace wye
