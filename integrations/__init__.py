"""Every way in and out that is not a page of our own nouns: dialects, webhooks, mail."""
