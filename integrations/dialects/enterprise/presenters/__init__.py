"""What each noun looks like in /v1, drawn from its neutral snapshot.

The same function answers a request and renders a webhook payload, so that both show the
same thing; a snapshot from an event of last month still renders as it was.
"""
