"""Facts: everything that PostgreSQL owns. One file for each kind of fact; SQL lives here and nowhere else."""
