"""Answers made of evidence: ranking what was found, wording it, checking what is said.

Works on the domain only; where evidence comes from and when a turn asks for it is decided elsewhere.
"""
