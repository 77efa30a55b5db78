"""`python -m api.cli` is `pos-sim`."""

from api.cli import main

main()
