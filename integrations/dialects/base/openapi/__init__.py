"""From declarations to an OpenAPI 3.0.3 document: fields, shapes, endpoints, addresses."""
