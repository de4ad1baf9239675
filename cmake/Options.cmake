# bw_options: flags and include root of our own code. Third-party headers are system headers and stay quiet.
add_library(bw_options INTERFACE)
target_include_directories(bw_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_features(bw_options INTERFACE cxx_std_20)
target_compile_options(bw_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough)
if(BOUNCEWATCH_WERROR)
  target_compile_options(bw_options INTERFACE -Werror)
endif()
if(BOUNCEWATCH_FUZZ)
  # Coverage for libFuzzer in all of our own code; the targets link the fuzzer itself.
  target_compile_options(bw_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(bw_options INTERFACE -fsanitize=address,undefined)
endif()
