"""Reading papers on top of the reading processes: lines, rows, and how a file came about."""
