// Correct: puts right what can be meant in one way only: keys, names and words that are one slip
// away from a single one that exists. Nothing but the misspelt word is touched, so comments and
// layout stay.
//
// Pure but for the environment passed in; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/load.h"

namespace wye::config {

struct Correction {
  std::string text;   // as given when nothing could be put right
  int corrected = 0;  // words
  LoadResult before, after;
};

// Corrects again and again, since a section whose name is put right shows what is wrong in it. The
// text is as given when there would be more errors than before.
Correction correct(std::string_view text, std::string_view path, const Catalog& catalog,
                   const Environment& environment, const LoadOptions& options = {});

// Puts the certain advice of errors into the text; gives how many words that changed. Advice whose
// wrong word does not stand in its place, or stands where another correction was made, is left.
int apply_advice(std::span<const Diagnostic> diagnostics, std::string& text);

// The lines that differ, "-" before the old one and "+" before the new, each pair below its number.
// Both texts have the same lines but for words.
std::string diff_lines(std::string_view before, std::string_view after, std::string_view path);

}  // namespace wye::config
