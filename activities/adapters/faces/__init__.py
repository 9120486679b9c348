"""Comparers of faces: a local network where its weights are installed, else a person."""
