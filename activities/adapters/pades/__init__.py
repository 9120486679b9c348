"""PAdES signatures by pyhanko: prepared here, signed elsewhere, stamped, sealed, verified."""
