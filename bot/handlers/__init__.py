"""What a turn may be about: one file for each kind of thing, and the whole routing on one page (``table.py``)."""
