"""What the operations centre prints of several systems at once: what a week left late ward by ward, months compared."""
