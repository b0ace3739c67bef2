"""Posts 设岗定责 and pledges 公开承诺: who takes on which duty; what is promised, done and kept, for all to check.

A Post of a body is opened, chosen or nominated for, and held (Assignment). A Pledge of a body or of one of its people
is written, reviewed, made public, worked off measure by measure, and closed as kept or not. Begin with models/, then
states.py: all moves stand there.
"""
