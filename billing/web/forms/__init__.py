"""What staff type, read in their own locale. The rules themselves are the operations'."""
