"""Whom do we call outside?"""
