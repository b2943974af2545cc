"""Measures the assistant through its front door, and reads public data sets for that purpose."""
