"""The kernel: money, errors, lifecycles, events, ids. It names no business noun."""
