"""`python -m songcau` is the command `songcau`."""

from songcau.entry.command_line import main

main()
