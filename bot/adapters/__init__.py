"""Windows: makes of the seams that touch servers, models and clocks."""
