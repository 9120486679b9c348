"""Contracts: the press that draws them up, the desk that has them signed, the books that start the lease."""
