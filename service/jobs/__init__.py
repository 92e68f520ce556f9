"""Batch jobs over HTTP: uploads, a queue that survives a restart, one worker process, results to download."""
