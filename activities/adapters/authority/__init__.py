"""The signing authority's wire."""
