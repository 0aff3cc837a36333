"""Materials: files with texts, keys and norms, each with source and licence; how they are read, checked and found."""
