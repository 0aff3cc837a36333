# Read by CMake inside llama.cpp's own project() call: its library of command-line helpers takes half of the time to
# compile, and nothing here uses it. llama-cpp-python switches it on without a way to say no.
set(LLAMA_BUILD_COMMON OFF)

# Attention in tiles skips the cells that no token of the tile attends to, and beside a tree these are most of them. The
# kernels take keys and values of 32 bits, but the graph rounds them to 16 first; here they are handed on as they are.
file(READ "${CMAKE_CURRENT_SOURCE_DIR}/src/llama-graph.cpp" GRAPH)
string(REGEX REPLACE "ggml_cast\\(ctx0, ([kv]), GGML_TYPE_F16\\)" "\\1" GRAPH "${GRAPH}")
file(WRITE "${CMAKE_CURRENT_SOURCE_DIR}/src/llama-graph.cpp" "${GRAPH}")
