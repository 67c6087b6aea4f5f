"""What integrators read: OpenAPI documents, the reference, guides, errors, the collection."""
