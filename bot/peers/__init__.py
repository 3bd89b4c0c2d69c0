"""Peers: other people's classifiers that may stand in our own one's place, each as a server beside us."""
