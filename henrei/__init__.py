"""henrei: finds, in one month of claims for children's day-support services, what must go back, and why."""

__version__ = "0.2.0"
