"""A turn: from the messages not yet answered to one reply. `pipeline` lists the steps, `dispatcher` runs them."""
