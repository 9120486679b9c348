"""Documents of applications and contracts: kept by content, versioned, classified, read, checked."""
