"""``python -m affectlab``: the same as the command ``affectlab``."""

from affectlab.cli import main

if __name__ == "__main__":
    main()
