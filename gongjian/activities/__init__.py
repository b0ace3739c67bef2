"""What the lines do under the programme: events, contests, good practice, and what is published of it.

An Event has hosts of several lines and people or organisations that sign up. A Contest compares organisations or teams
in words and units of measure, and ranks nobody. A Practice is handed in, checked above, recommended, and taken up
elsewhere. A PublicityItem is one thing to be published on one day. Begin with models.py, then states.py.
"""
