# Read by CMake inside llama.cpp's own project() call: its library of command-line helpers takes half of the time to
# compile, and nothing here uses it. llama-cpp-python switches it on without a way to say no.
set(LLAMA_BUILD_COMMON OFF)
