"""`python -m bench.context`."""

from bench.context import main

main()
