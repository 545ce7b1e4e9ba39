"""Following a report: by code and secret, or by the account it was sent from."""
