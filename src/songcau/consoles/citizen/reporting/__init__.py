"""Reporting a problem: one page, a page to check the answers where no script runs, and the answer."""
