"""From findings and outcomes to what a person opens."""
