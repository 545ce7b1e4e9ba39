"""The pages of alert rules: the list, one rule with its preview, its versions, maintenance."""
