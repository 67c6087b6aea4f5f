"""The house that customers see: their documents, what is open, and what they want to say."""
