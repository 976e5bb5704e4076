"""out/dashboard.html: the return rate of the closed months, what drives it, and what it costs.

The room: `facts` counts in the store, `combine` takes facts apart by month and puts those of months or cities together,
`charts` are the specifications, `page` makes one file of all. `sums.js`, `sections.js` and `page.js` run in the browser.
"""
