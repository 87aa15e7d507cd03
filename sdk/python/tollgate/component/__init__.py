"""What is in a component beside the contract. Not for authors: `tollgate build` uses it."""
