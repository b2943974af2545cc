"""The pages that merchants and agents work in."""
