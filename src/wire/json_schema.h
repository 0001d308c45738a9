// JsonSchema: a JSON Schema (draft 7) that was read once, to hold texts against. Immutable, any
// thread.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace wye {

class JsonSchema {
 public:
  // Faults of kind config: the text is no JSON or no schema. References to other documents are not
  // followed and are a Fault too.
  static Result<std::shared_ptr<const JsonSchema>> read(std::string_view text);
  virtual ~JsonSchema() = default;

  // Faults of kind invalid_output that say what is wrong where: the text is no JSON, or does not
  // satisfy the schema. Nothing of the text itself is quoted but names of members.
  virtual Result<void> check(std::string_view text) const = 0;
};

// Whether the text is one JSON value, by the same rules; a Fault of kind invalid_output says why
// not.
Result<void> check_json(std::string_view text);

}  // namespace wye
