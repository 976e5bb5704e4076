"""The same month for many homes side by side: `henrei run-all`.

No check crosses a municipality, so a city's run here is the run it has alone, in a process of its own; nothing but paths
and counts goes from process to process.

places finds the homes; split hands a federation's shared inbox out to them; local and cluster run the cities; city is
what one of their processes does; merge, capacity and board put together what came out; command is the order of it all.
"""
