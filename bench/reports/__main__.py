"""`python -m bench.reports`."""

from bench.reports import main

main()
