# The plugin for Stata with its ado and help files, in the directory stata of the build tree. It exports two functions.
set(INTERLACE_STATA_DIR "${PROJECT_BINARY_DIR}/stata")
file(GLOB _interlace_stata CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bindings/stata/*.c")
add_library(interlace-stata MODULE ${_interlace_stata})
set_target_properties(interlace-stata PROPERTIES
  PREFIX "" OUTPUT_NAME interlace SUFFIX .plugin LIBRARY_OUTPUT_DIRECTORY "${INTERLACE_STATA_DIR}"
  C_STANDARD 99 C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden)
target_link_libraries(interlace-stata PRIVATE interlace::static)
if(UNIX AND NOT APPLE)
  target_link_options(interlace-stata PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,-z,nodelete -s
    -Wl,--push-state,--no-as-needed,-l:libpthread.so.0,-l:libdl.so.2,--pop-state)
  add_library(interlace-stata-glibc OBJECT "${PROJECT_SOURCE_DIR}/linking/glibc.c")
  set_target_properties(interlace-stata-glibc PROPERTIES C_STANDARD 99 POSITION_INDEPENDENT_CODE ON)
  target_compile_options(interlace-stata-glibc PRIVATE -O2 -ffreestanding -ffunction-sections -fno-lto)
  target_sources(interlace-stata PRIVATE $<TARGET_OBJECTS:interlace-stata-glibc>)
elseif(APPLE)
  target_link_options(interlace-stata PRIVATE -Wl,-exported_symbol,_pginit -Wl,-exported_symbol,_stata_call -Wl,-dead_strip)
endif()
foreach(_name IN ITEMS interlace.ado interlace_p.ado interlace.sthlp)
  configure_file("${PROJECT_SOURCE_DIR}/bindings/stata/${_name}" "${INTERLACE_STATA_DIR}/${_name}" COPYONLY)
endforeach()
