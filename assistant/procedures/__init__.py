"""Service procedures: what a shopper wants done, within the shop's rules. Pure: no framework, no I/O."""
