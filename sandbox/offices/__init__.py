"""Offices of the outside world behind one door: bureau, anti-fraud data, signing authority, registry."""
