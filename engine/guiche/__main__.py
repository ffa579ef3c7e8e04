"""Permite ``python -m guiche``."""

import sys

from guiche.cli import main

if __name__ == "__main__":
    sys.exit(main())
