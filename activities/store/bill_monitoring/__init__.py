"""Queries of bill monitoring, one module for each thing that is kept."""
