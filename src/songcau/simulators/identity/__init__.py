"""A simulated provider of identities that speaks OpenID Connect, for demonstrations and tests.

It asks for no password: who comes chooses whom to be. It runs on this machine only, and its pages say what they are.
"""
