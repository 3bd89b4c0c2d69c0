"""What each role does from start to end: web takes in, workers think, couriers carry. Each module loads only what it needs."""
