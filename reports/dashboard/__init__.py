"""out/dashboard.html: the return rate of the closed months, what drives it, and what it costs.

The room: `facts` counts in the store, `combine` gives the facts of one month, or of several months or cities together,
`charts` are the specifications, `page` makes one file of all; `sums.js`, `sections.js` and `page.js` run in it.
"""
