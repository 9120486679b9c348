"""Two banks, played over their real protocols: harbour (signed HTTP/JSON) and river (files over SFTP)."""
