"""Sessions: what one participant goes through, step by step, and the runner that drives them."""
