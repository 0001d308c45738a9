# Puts catalog/*.json into the binary: one assembler file with .incbin and one table of the pieces.
file(GLOB catalog_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalog/*.json)
list(FILTER catalog_files EXCLUDE REGEX "catalog\\.schema\\.json$")
list(SORT catalog_files)

set(WYE_EMBEDDED_CATALOG ${CMAKE_BINARY_DIR}/embedded_catalog.cc)
set(text "// Made by cmake/embed_catalog.cmake.\n#include <array>\n\n#include \"config/catalog.h\"\n\n")
set(rows "")
set(count 0)
foreach(file ${catalog_files})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND text
    "asm(\".section .rodata\\n.global wye_catalog_${count}\\nwye_catalog_${count}:\\n"
    ".incbin \\\"${file}\\\"\\n.global wye_catalog_end_${count}\\nwye_catalog_end_${count}:\\n.zero 64\\n.previous\\n\");\n"
    "extern \"C\" const char wye_catalog_${count}[], wye_catalog_end_${count}[];\n")
  string(APPEND rows
    "      CatalogFile{\"${name}\", {wye_catalog_${count}, static_cast<std::size_t>(wye_catalog_end_${count} - wye_catalog_${count})}},\n")
  math(EXPR count "${count} + 1")
endforeach()
string(APPEND text "\nnamespace wye {\n\nstd::span<const CatalogFile> embedded_catalog() {\n"
  "  static const std::array<CatalogFile, ${count}> files{{\n${rows}  }};\n  return files;\n}\n\n}  // namespace wye\n")
file(CONFIGURE OUTPUT ${WYE_EMBEDDED_CATALOG} CONTENT "${text}" @ONLY)
set_source_files_properties(${WYE_EMBEDDED_CATALOG} PROPERTIES OBJECT_DEPENDS "${catalog_files}"
  COMPILE_OPTIONS "-Wno-conversion")
