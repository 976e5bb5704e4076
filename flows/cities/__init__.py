"""The same month of many homes side by side: a folder of homes in, each run as it is run alone and their common results out.
Called by `henrei run-all`.

No check crosses a municipality, so a city's run here is the run it has alone, in a process of its own; nothing but paths
and counts goes from process to process.

run_all is the order of it: discover finds the homes; shared_inbox gives them their parts of a federation's inbox (split,
split_writer); processes and dask run the cities, run_city is what one of their processes does; merge, capacity and
dashboard put the results together.
"""
