"""The front door over HTTP, with real servers behind it."""
