"""An importer from a package outside the tree."""
