"""Code of a component beside the contract. Only `tollgate build` uses it."""
