"""One folder or file for each platform's dialect; a channel never thinks."""
