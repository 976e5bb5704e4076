"""Files that clerks filled in to the team's decisions: `files` reads them, `merge` puts them into the book of the month,
`lines` says what became of them. Called by decide, and `merge` by whoever writes the worklist anew.
"""
