"""`python -m bench.operations`."""

from bench.operations import main

main()
