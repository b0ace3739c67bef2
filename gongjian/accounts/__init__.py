"""Who is signing in: the account, its password and further factors, its sessions. Knows nothing of the field above it.

Begin with `models.py`, then `adapters.py`, which bends django-allauth to our rules. Floors above use `actions.py` to
open and close accounts, `factors.py` to ask for a second factor, and `events.py` to hear what happened at the door.
"""
