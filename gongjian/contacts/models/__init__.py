"""Everything that is kept of contact points and of the calendar of checks."""

from .calendar import Inspection as Inspection
from .calendar import JointCheck as JointCheck
from .calendar import Stop as Stop
from .points import ContactPoint as ContactPoint
from .points import Demonstration as Demonstration
from .points import Problem as Problem
from .points import Recheck as Recheck
from .points import Visit as Visit
from .points import VisitNorm as VisitNorm
