"""The front door (aiohttp): verify, accept durably, thank at once; and the pages of shoppers and guides."""
