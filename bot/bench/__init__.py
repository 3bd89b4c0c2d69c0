"""Measurements: a real system under load and under fire, and the figures of BENCHMARKS.md. Loopback only, nothing mocked."""
