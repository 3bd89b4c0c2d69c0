"""The sandbox's tests, with a rig on virtual time and a small bot on loopback."""
