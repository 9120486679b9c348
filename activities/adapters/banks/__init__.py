"""Speaking to partner banks: a signed HTTP interface, and files over SFTP or in a directory."""
