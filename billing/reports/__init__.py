"""What the books say: each report as figures, and as a table for paper and spreadsheets."""
