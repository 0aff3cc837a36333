"""The public repository of Wekenborg et al. (2026): folders of prompts for seven states, and sentence stems."""
