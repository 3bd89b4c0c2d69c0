"""The hall: the only package that touches the world, and the one that walks a message through the rooms."""
