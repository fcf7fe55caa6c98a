"""`python -m custodes.service COMMAND`: what `custodes serve`, `backup`, `restore` and `upgrade` run."""

from __future__ import annotations

import sys

from custodes.service.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
