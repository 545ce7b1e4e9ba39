"""Where systems meet: one file a sentence, all listed in table.py."""
