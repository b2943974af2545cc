"""What is done in a store's system: at most once, on record, over crashes and outages."""
