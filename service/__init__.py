"""Everything a person touches: HTTP service, page, command line."""
