# bw_embed_files(<target> <symbol> FILES...) compiles text files into <target> as
#   namespace bouncewatch { std::span<const EmbeddedFile> <symbol>(); }
# declared in classifier/embedded_file.h. Files keep their base name, in the order given.
function(bw_embed_files target symbol)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cc)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} "-DFILES=${ARGN}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_files_script.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed_files_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
