"""What the lines set out to do together: the programme with its stages and carriers, and each body's plan of the year.

A programme comes from a pack: Programme, Stage, Carrier, Tier, Task. Who was reached by a tier is entered here, name by
name (TierEntry). A body's Plan takes items down from the plans above it and adds its own; an item that several lines
share is one item, with a Partner for each of them. Begin with models.py, then states.py.
"""
