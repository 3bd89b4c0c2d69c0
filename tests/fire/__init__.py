"""The invariants of DESIGN §2, with everything on fire."""
