"""Motion: what Redis or Valkey owns. All of it can be lost at any moment and is rebuilt from the facts."""
