"""Text in, findings out: parsing, rules, merging, suggestions and measures. No torch, no web."""
