"""Tells people what concerns them: in the app, by e-mail, SMS and Zalo, as each of them wants it."""
