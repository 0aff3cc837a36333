"""What `make docs` adds to the pages in `docs/`: reference pages made from the code, and figures of the findings."""
