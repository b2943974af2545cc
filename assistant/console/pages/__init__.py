"""The pages, one a file: what each shows, and what can be done there."""
