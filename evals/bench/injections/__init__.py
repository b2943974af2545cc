"""Instructions planted in all that a store and its system hold, and put by shoppers, before a model that obeys.

The attacks are read from published files whose path is given; nothing of them is kept here.
"""
