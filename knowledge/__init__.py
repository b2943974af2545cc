"""What a shop knows: reading packs, building versions, searching them.

Knows the domain only; how an answer is made of what it finds lives in `assistant.answers`.
"""
