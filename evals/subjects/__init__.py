"""What component suites measure, as they see it, and the assistant's own part of each kind.

A suite takes another subject in its place where one is given: peers are measured like the assistant.
"""
