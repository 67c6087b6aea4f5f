"""/api/v2: a small business's back office in one envelope."""
