"""The pages in a real browser, before the real system."""
