"""Where merchants and agents work: pages in the browser, live, over the same ports that the API stands on.

Each page is a file in `pages/`. What a page does is checked against the role of who does it, at the moment it is done.
"""
