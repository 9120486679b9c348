"""What an approval needs done, in the books."""
