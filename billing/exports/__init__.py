"""All data of one organization in one file that anybody can read without us."""
