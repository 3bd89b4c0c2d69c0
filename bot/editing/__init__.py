"""What ops do to the words: what is live with the drafts over it, findings, previews, histories, and the way to a release.

``model`` holds plain values that the front door may load before any room is there; ``desk`` has the class that does the work.
"""
