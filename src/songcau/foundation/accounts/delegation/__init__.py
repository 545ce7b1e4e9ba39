"""Delegation: a role lent to another person for a leave."""
