"""Teach (训练): what makes the models that the program ships, run by people, never while it serves."""
