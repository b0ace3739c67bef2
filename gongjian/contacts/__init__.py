"""How leaders and inspections come to the organisations below: contact points 联系点, and the calendar of checks.

A ContactPoint joins a leader's office to one body. Its Visits find Problems, each solved on the spot, taken on by
another body as an ask, or told back with the reason; some points become a Demonstration 示范点, by an approval alone.
Begin with models/points.py, then states.py. The other half is the calendar: an Inspection has Stops, and stops at one
place in a month go together as a JointCheck; begin with models/calendar.py.
"""
