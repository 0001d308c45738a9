// Gemini write: the pieces that a request for a provider is made of. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/dialect.h"
#include "dialect/gemini_models.h"

namespace wye::gemini {

// What the writers of one request share.
struct Target {
  const Content& content;
  const Ask& ask;
  const Deployment& deployment;
  const Provider& provider;
  JsonReader& reader;  // for raw JSON within the content
  std::vector<std::string>& dropped;
  ModelTraits model;

  bool own() const { return content.origin == DialectId::gemini; }
  bool vertex() const { return provider.hosting == Hosting::vertex; }
  void drop(std::string_view name) const;  // once
};

// What the target cannot do, and must not be ignored.
Fault unsupported(std::string_view path, std::string_view why);

// "systemInstruction" and "contents".
Result<void> write_conversation(JsonWriter& json, const Target& target);
// "generationConfig", "tools" and "toolConfig".
Result<void> write_config(JsonWriter& json, const Target& target);
// The members of a request to embed, and of Vertex's `predict`.
Result<void> write_embeddings(JsonWriter& json, const Target& target, bool predict);

}  // namespace wye::gemini
