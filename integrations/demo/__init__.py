"""The demo organization: a design and hosting studio with eighteen months behind it.

Everything is made by calling operations with past instants, so every figure adds up.
Mail addresses end in .example: no server on earth takes them.
"""
