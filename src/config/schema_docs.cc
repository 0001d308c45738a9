// The table of keys as Markdown and as the answer of `wye schema KEY`; see schema.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/codes.h"
#include "config/schema.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

// One line of the reference.
struct Row {
  std::string path;  // tasks.*.latency.ttft
  const Field* field = nullptr;
};

std::string type_of(const Shape& shape);

std::string words_of(const Shape& shape) {
  std::string out;
  for (const Word& word : shape.words) {
    if (!word.later.empty()) continue;
    out += (out.empty() ? "" : " · ") + word.name;
  }
  return out;
}

std::string range_of(const Shape& shape) {
  return fmt::format("whole number {} to {}", shape.min, shape.max);
}

std::string type_of(const Shape& shape) {
  switch (shape.kind) {
    case Kind::any: return "anything";
    case Kind::word: return words_of(shape);
    case Kind::integer: return range_of(shape);
    case Kind::name: return "name of a " + shape.noun;
    case Kind::map:
      return fmt::format("map: {} to {}", shape.noun,
                         shape.item->kind == Kind::object ? "settings" : type_of(*shape.item));
    case Kind::list:
      return fmt::format("{}list of {}", shape.or_single ? "one or a " : "",
                         shape.item->kind == Kind::object ? "maps" : type_of(*shape.item));
    case Kind::either: {
      std::string out;
      for (const ShapePtr& option : shape.options)
        out += (out.empty() ? "" : ", or ") + type_of(*option);
      return out;
    }
    default: return std::string(describe(shape.kind));
  }
}

// The keys within a shape, whatever it is wrapped in.
void collect(const std::string& path, const Shape& shape, std::vector<Row>& rows) {
  switch (shape.kind) {
    case Kind::object:
      for (const Field& field : shape.fields) {
        const std::string inner = path.empty() ? field.key : path + "." + field.key;
        rows.push_back({inner, &field});
        collect(inner, *field.shape, rows);
      }
      return;
    case Kind::map: return collect(path + ".*", *shape.item, rows);
    case Kind::list: return collect(path + "[]", *shape.item, rows);
    case Kind::either:
      for (const ShapePtr& option : shape.options) collect(path, *option, rows);
      return;
    default: return;
  }
}

// In a table cell the bar separates columns.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// Markdown would take * for emphasis; <name> reads better anyway.
std::string shown_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '*') {
      out += "<name>";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// The words that a key takes and that have an explanation.
std::vector<const Word*> explained_words(const Shape& shape) {
  if (shape.kind == Kind::list) return explained_words(*shape.item);
  std::vector<const Word*> out;
  for (const Word& word : shape.words) {
    if (word.later.empty() && !word.help.empty()) out.push_back(&word);
  }
  return out;
}

std::string word_notes(const Shape& shape) {
  std::string out;
  for (const Word* word : explained_words(shape))
    out += fmt::format("<br>`{}`: {}", word->name, word->help);
  return out;
}

std::string table_row(const Row& row) {
  const Field& field = *row.field;
  const std::string fallback = field.required ? "required"
                               : field.default_text.empty()
                                   ? ""
                                   : fmt::format("`{}`", field.default_text);
  return fmt::format("| `{}` | {} | {} | {}{} |\n", shown_path(row.path),
                     cell(type_of(*field.shape)), fallback, cell(field.help),
                     cell(word_notes(*field.shape)));
}

std::string section_of(std::string_view path) {
  return std::string(path.substr(0, path.find_first_of(".[")));
}

void write_sections(const std::vector<Row>& rows, std::string& out) {
  std::string section;
  for (const Row& row : rows) {
    if (!row.field->later.empty() || section_of(row.path) == "x-*") continue;
    if (section_of(row.path) != section) {
      section = section_of(row.path);
      out += fmt::format("\n## {}\n\n{}\n", section, row.field->help);
      if (row.field->shape->kind == Kind::version) continue;
      out += "\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
      continue;
    }
    out += table_row(row);
  }
}

void write_later(const std::vector<Row>& rows, std::string& out) {
  out +=
      "\n## Not available yet\n\nThese keys and values belong to the configuration as it is "
      "designed. This version "
      "refuses them with WYE2901 or WYE2903, because a limit that is not kept is worse than "
      "none.\n\n"
      "| Key | Meaning | Meanwhile |\n|---|---|---|\n";
  for (const Row& row : rows) {
    const Field& field = *row.field;
    if (!field.later.empty()) {
      out += fmt::format("| `{}` | {} | {} |\n", shown_path(row.path), cell(field.help),
                         cell(field.later));
    }
    const Shape& shape = field.shape->kind == Kind::list ? *field.shape->item : *field.shape;
    for (const Word& word : shape.words) {
      if (word.later.empty()) continue;
      std::string name = word.name;
      if (name.ends_with("(*")) name.replace(name.size() - 1, 1, "...)");
      out += fmt::format("| `{}: {}` | {} | {} |\n", shown_path(row.path), name, cell(word.help),
                         cell(word.later));
    }
  }
}

void write_codes(std::string& out) {
  out +=
      "\n## Diagnostics\n\n`wye help CODE` prints the same.\n\n| Code | Severity | Meaning "
      "|\n|---|---|---|\n";
  for (const CodeInfo& row : codes()) {
    out += fmt::format("| {} | {} | **{}.** {} |\n", format_code(row.code), to_string(row.severity),
                       row.title, cell(row.explanation));
  }
}

constexpr std::string_view introduction =
    R"(<!-- Generated by `wye schema --markdown`. Edit src/config/schema_*.cc instead. -->
# Configuration

wye reads one YAML file, `wye.yaml`. `wye init` writes a first one, `wye check` says what is wrong with one, `wye schema`
prints its JSON Schema, with which editors complete it:

```yaml
# yaml-language-server: $schema=./wye.schema.json
version: 1
providers:
  openai: {}                 # address, prices and habits come from the catalog, the key from OPENAI_API_KEY
deployments:
  gpt-mini: { provider: openai, model: gpt-5.4-mini }
```

The `examples` folder has a commented file for each of the usual situations.

**Rules of the file.** Unknown keys are errors. Durations (`2s`), money (`$0.25`), prices (`$0.88/M`), sizes (`32MiB`)
and shares (`10%`) carry their unit; counts may be short (`200k`). Secrets are references, `${env:NAME}` or
`${file:PATH}`, and never stand in the file. Paths are relative to the working directory. Anchors and aliases work, and
top-level keys that begin with `x-` are free to hold them. When the file changes, or on SIGHUP, it is read again; a file
with an error never replaces a good one.

**Names.** Providers, deployments, routes, tasks and keys have names of yours: letters, digits and `. _ - / : @ +`. A
route and a deployment may not have the same name, since clients use both as the model.
)";

// The path without the names of the user's own, which may be left out, or written * or <name>.
std::string bare_path(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '.')) {
    const std::string_view name = part.substr(0, part.find('['));
    if (name == "*" || name == "<name>" || name.empty()) continue;
    out += (out.empty() ? "" : ".") + std::string(name);
  }
  return out;
}

std::string last_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

std::string explain_row(const Row& row) {
  const Field& field = *row.field;
  std::string out = fmt::format("{}  ({}{})\n    {}\n", shown_path(row.path), type_of(*field.shape),
                                field.required               ? ", required"
                                : field.default_text.empty() ? ""
                                                             : ", default " + field.default_text,
                                field.help);
  for (const Word* word : explained_words(*field.shape))
    out += fmt::format("    {}: {}\n", word->name, word->help);
  if (!field.later.empty()) out += fmt::format("    not available yet: {}\n", field.later);
  return out;
}

}  // namespace

std::string reference_markdown() {
  std::vector<Row> rows;
  collect("", file_shape(), rows);
  std::string out(introduction);
  write_sections(rows, out);
  write_later(rows, out);
  write_codes(out);
  return out;
}

std::optional<std::string> explain_key(std::string_view path) {
  const std::string wanted = bare_path(path);
  std::vector<Row> rows;
  collect("", file_shape(), rows);
  std::string out;
  for (const Row& row : rows) {
    const std::string name = bare_path(row.path);
    if (name == wanted || name.starts_with(wanted + ".")) out += explain_row(row);
  }
  return out.empty() ? std::nullopt : std::optional<std::string>(std::move(out));
}

std::vector<std::string> keys_near(std::string_view path) {
  const std::string wanted = last_of(bare_path(path));
  std::vector<Row> rows;
  collect("", file_shape(), rows);
  std::vector<std::string> paths, names;
  for (const Row& row : rows) {
    if (row.path == "x-*") continue;
    paths.push_back(bare_path(row.path));
    names.push_back(last_of(paths.back()));
  }
  const std::string near(nearest(wanted, names));
  std::vector<std::string> out;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const bool meant = names[i] == wanted || names[i] == near || names[i] == wanted + "s";
    const bool known = std::find(out.begin(), out.end(), paths[i]) != out.end();
    if (meant && !known && !wanted.empty()) out.push_back(paths[i]);
  }
  return out;
}

}  // namespace wye::config
