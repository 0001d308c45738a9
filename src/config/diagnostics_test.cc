// How diagnostics are shown: a golden file for people, JSON for programs.
#include "config/diagnostics.h"

#include <gtest/gtest.h>

#include "config/test_support.h"

namespace wye::config {
namespace {

TEST(DiagnosticsText, IsAsInTheGoldenFile) {
  LoadResult result = load_text(read_test_file("src/config/testdata/bad.yaml"));
  result.summary.took_ms = 4;
  const std::string shown = format_text(result.diagnostics, "wye.yaml", result.shown_text) +
                            format_summary(result.diagnostics, result.summary);
  EXPECT_EQ(shown, read_test_file("src/config/testdata/bad.txt"));
}

TEST(DiagnosticsText, NeverShowsASecret) {
  // The secret stands in a line that is printed for another reason each time.
  for (const std::string_view text : {
           "version: 1\nproviders:\n  p: { kind: openai_compatible, api_key: hunter2hunter2, "
           "base_urll: x }\n",
           "version: 1\nproviders:\n  p: { api_key: \"hunter2hunter2 }\n",
           "version: 1\nproviders:\n  p: { api_key: hunter2hunter2: x }\n",
           "version: 1\nkeys:\n  k:\n    secret: >-\n      hunter2hunter2\n    tam: x\n",
           "version: 1\nkeys: { k: { secret: hunter2hunter2, tasks: [hunter2hunter2] } }\n",
           "version: 1\nproviders:\n  p: { kind: openai_compatible, "
           "base_url: \"https://me:hunter2/@2@host/v1\" }\n",
           "version: 1\nproviders:\n  p: { kind: openai_compatible, base_urll: "
           "https://hunter2hunter2@host/v1}\n",
           "version: 1\n# sk-hunter2hunter2hunter2\nprovider: sk-hunter2hunter2hunter2\n",
       }) {
    const LoadResult result = load_text(text);
    EXPECT_FALSE(result.rules);
    const std::string shown = format_text(result.diagnostics, "wye.yaml", result.shown_text);
    EXPECT_EQ(result.shown_text.find("hunter2"), std::string::npos) << text << shown;
    if (text.find("tasks:") == std::string_view::npos) {
      EXPECT_EQ(shown.find("hunter2"), std::string::npos) << text << shown;
    }
  }
}

TEST(DiagnosticsText, WritesOutWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb\r\n\x7f"), "a\\x1b[31mb\\x0d\\x0a\\x7f");
  EXPECT_EQ(printable("\ttab, größe, €, 😀"), "\ttab, größe, €, 😀");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J\xc2\xa0"),
            "\\xc2\\x9b2J\xc2\xa0")
      << "U+009B begins a command";
  EXPECT_EQ(printable("\x9b\xff\xc3"), "\\x9b\\xff\\xc3") << "no UTF-8";
}

TEST(DiagnosticsText, PutsTheCaretUnderWhatIsPrinted) {
  const LoadResult raw = load_text("# \x1b]0;x\a\nversion: 1\n");
  EXPECT_EQ(format_text(raw.diagnostics, "wye.yaml", raw.shown_text),
            "wye.yaml:1:3 error WYE1001 a control character (byte 0x1b) is in the file · is this a "
            "text file?\n"
            "    1 | # \\x1b]0;x\\x07\n"
            "      |   ^^^^\n");
  // YAML that spells the byte, and a line that has another before the caret.
  Diagnostic spelt;
  spelt.code = Code::unknown_key;
  spelt.where = {1, 9};
  spelt.length = 4;
  spelt.message = "unknown key \"\x1b[2J\"";
  spelt.suggestion = "not \x1b";
  EXPECT_EQ(format_text({spelt}, "wye.yaml", "\ta: \xc2\x9b, \x1b[2J: ä\n"),
            "wye.yaml:1:9 error WYE1102 unknown key \"\\x1b[2J\" · not \\x1b\n"
            "    1 | \ta: \\xc2\\x9b, \\x1b[2J: ä\n"
            "      | \t             ^^^^^^^\n");
}

TEST(DiagnosticsJson, HasEveryField) {
  const LoadResult result = load_text("version: 1\nserver: { threadz: 1 }\n");
  const std::string json = format_json(result.diagnostics, "wye.yaml", result.summary);
  EXPECT_NE(
      json.find(
          R"({"file":"wye.yaml","ok":false,"errors":3,"warnings":0,"models":0,"tasks":0,"took_ms":)"),
      std::string::npos)
      << json;
  EXPECT_NE(json.find(R"({"code":"WYE1102","severity":"error","line":2,"column":11,"length":7,)"
                      R"("message":"unknown key \"threadz\" in \"server\"",)"
                      R"("suggestion":"did you mean \"threads\"?"})"),
            std::string::npos)
      << json;
}

TEST(DiagnosticsSummary, CountsInWords) {
  EXPECT_EQ(format_summary({}, {.models = 9, .tasks = 1, .took_ms = 4.2}),
            "0 errors, 0 warnings · 9 models, 1 task checked offline in 4 ms\n");
  EXPECT_EQ(format_summary({Diagnostic{}}, {.models = 1, .tasks = 0, .took_ms = 0.25}),
            "1 error, 0 warnings · 1 model, 0 tasks checked offline in 0.2 ms\n");
}

}  // namespace
}  // namespace wye::config
