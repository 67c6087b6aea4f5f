"""/api/v0: applications that bill in fiat or crypto."""
