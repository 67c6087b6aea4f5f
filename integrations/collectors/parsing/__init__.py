"""What a supplier's document says: pure functions from bytes to exact figures.

`reading.read` is the door; one module knows one syntax. Nothing in here imports Django or
touches a file: `child` runs it in a process of its own, and `sandbox` starts that process.
"""
